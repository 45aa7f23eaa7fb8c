using System.Diagnostics.Metrics;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.App.Copy;

/// <summary>The QuestDB that is copied to: reached, prepared and sent to as by the lanes of <c>collector run</c>.</summary>
internal sealed class CopyTarget : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly QuestDbStore _store;
    private readonly DeliveryOptions _delivery;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _clock;
    private readonly Meter _meter = new("Collector.Copy");
    private readonly StoreConnection _connection;

    /// <param name="patience">How long a batch that does not get through is repeated, and rows that do not show are waited for.</param>
    public CopyTarget(QuestDbOptions options, DeliveryOptions delivery, TimeSpan patience, TimeProvider clock)
    {
        (_delivery, _patience, _clock) = (delivery, patience, clock);
        _store = new QuestDbStore(options, clock, NullLogger<QuestDbStore>.Instance);
        _connection = new StoreConnection(_store, delivery, new DeliveryMetrics(_meter, clock), clock, NullLogger<StoreConnection>.Instance);
    }

    public string Description => _store.Description;

    /// <returns>Why nothing can be copied there; null when all is well.</returns>
    public async Task<string?> ProblemAsync(CancellationToken cancellationToken) => (await _store.ReachAsync(cancellationToken)).Problem;

    /// <summary>What sends batches of a table.</summary>
    public Func<ReadOnlyMemory<byte>, int, CancellationToken, Task<BatchResult>> SenderOf(Table table)
    {
        // One sender alone needs no jitter: the full pause, each time.
        var sender = new BatchSender(table, isBacklog: true, new RejectedRun(), _connection, _delivery, _clock, () => 1);
        return async (lines, rows, cancellationToken) =>
        {
            using var patience = new CancellationTokenSource(_patience, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                sender.Begin(static index => (0, index));
                return await sender.SendAsync(lines, rows, either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new BatchResult(0, [], $"{_connection.Problem ?? $"{Description} did not take a batch"} (tried for {_patience.TotalSeconds:0} s)");
            }
        };
    }

    /// <summary>
    /// Rows that a query sees. QuestDB shows what it accepted a little later: they are waited for until there are as many as
    /// wanted, or no more come.
    /// </summary>
    public async Task<long?> CountAsync(Table table, long wanted, long fromMicros, long toMicros, CancellationToken cancellationToken)
    {
        long? found = null;
        long moved = _clock.GetTimestamp();
        do
        {
            long? before = found;
            found = await _store.CountAsync(table, fromMicros, toMicros, cancellationToken);
            if (found >= wanted)
            {
                return found;
            }

            moved = found == before ? moved : _clock.GetTimestamp();
            await Task.Delay(Look, _clock, cancellationToken);
        }
        while (_clock.GetElapsedTime(moved) < _patience);

        return found;
    }

    /// <summary>Why the table's rows are accepted and not shown; null when that is not the reason.</summary>
    public async Task<string?> SuspensionAsync(Table table, CancellationToken cancellationToken)
    {
        StoreLook look = await _store.LookAsync([table], cancellationToken);
        return look.Tables.TryGetValue(table.Name, out TableLook? seen) && seen.IsSuspended == true
            ? SuspensionText.Of(table.Name, _clock.GetUtcNow(), seen.Cause, seen.Remedy)
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        _meter.Dispose();
        await _store.DisposeAsync();
    }
}
