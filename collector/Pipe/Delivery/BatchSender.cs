using System.Runtime.InteropServices;
using Collector.Lines;
using Collector.Lines.Tables;
using Polly;
using Polly.Retry;

namespace Collector.Pipe.Delivery;

/// <summary>A row that the store will not take.</summary>
/// <param name="Index">Its place in the batch, from 0.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BadRow(int Index, ReadOnlyMemory<byte> Line, string Reason, string? ErrorId);

/// <summary>What became of a batch in the end.</summary>
/// <param name="Delivered">Rows that the store took.</param>
/// <param name="Bad">Rows that it will never take.</param>
/// <param name="Halted">Why the table has to wait; null when the batch is done.</param>
public sealed record BatchResult(int Delivered, IReadOnlyList<BadRow> Bad, string? Halted);

/// <summary>
/// Sends batches of one table until each row has its answer. What may work later is repeated with the very same bytes,
/// without end; one bad row is cut out and costs one row.
/// </summary>
public sealed partial class BatchSender
{
    private readonly Table _table;
    private readonly bool _isBacklog;
    private readonly RejectedRun _rejected;
    private readonly ServerErrors _errors;
    private readonly StoreConnection _store;
    private readonly DeliveryOptions _options;
    private readonly ResiliencePipeline<Outcome> _repeating;
    private LineReader _reader;

    /// <summary>The rows that the store took of a batch that is cut. They are named, for the batch is read again should it have to wait.</summary>
    private readonly HashSet<(ulong Record, int Row)> _taken = [];
    private Func<int, (ulong Record, int Row)> _locate = static index => (0, index);

    /// <param name="isBacklog">Its batches give way to fresh rows.</param>
    /// <param name="rejected">The table's own.</param>
    /// <param name="random">A number from 0 to 1 at each call, for the jitter.</param>
    public BatchSender(Table table, bool isBacklog, RejectedRun rejected, StoreConnection store, DeliveryOptions options, TimeProvider clock, Func<double> random)
    {
        (_table, _isBacklog, _rejected, _store, _options) = (table, isBacklog, rejected, store, options);
        _errors = new ServerErrors(store.Traffic, table.Name, options.SuspectAfter);
        _reader = new LineReader(table);
        _repeating = new ResiliencePipelineBuilder<Outcome> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<Outcome>
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Result is Outcome.Retry or Outcome.Unknown),
                DelayGenerator = attempt => ValueTask.FromResult<TimeSpan?>(
                    RetryDelay.Of(attempt.Outcome.Result!, attempt.AttemptNumber, options, random())),
            })
            .Build();
    }

    /// <summary>Turns to the next batch.</summary>
    /// <param name="locate">Names a row of what is being sent, by its place in it.</param>
    public void Begin(Func<int, (ulong Record, int Row)> locate)
    {
        _locate = locate;
        _taken.Clear();
    }

    /// <summary>Sends the batch, or what is left of it; when it had to wait, without the rows that the store took of it before.</summary>
    /// <exception cref="OperationCanceledException">The time to deliver is over; the batch is to be sent again at the next start.</exception>
    public async Task<BatchResult> SendAsync(ReadOnlyMemory<byte> lines, int rows, CancellationToken cancellationToken)
    {
        _errors.BeginBatch();
        if (_taken.Count > 0)
        {
            return await CutAsync(lines, rows, null, cancellationToken);
        }

        return await SendOnceAsync(lines, rows, cancellationToken) switch
        {
            Outcome.Accepted => new BatchResult(rows, [], null),
            Outcome.Rejected rejected => await CutAsync(lines, rows, rejected, cancellationToken),
            Outcome.Halted halted => new BatchResult(0, [], halted.Reason),
            var other => throw Unrepeated(other),
        };
    }

    /// <summary>The table as it is defined now, where columns may join it while rows are on their way; null where none do.</summary>
    public Func<Table>? Newest { get; init; }

    private Table Table => Newest?.Invoke() ?? _table;

    /// <summary>Waits before the batch is tried again, no longer than this.</summary>
    public Task PauseAsync(TimeSpan longest, CancellationToken cancellationToken) => _store.PauseAsync(Table, longest, cancellationToken);

    private static InvalidOperationException Unrepeated(Outcome outcome) => new($"{outcome.GetType().Name} is repeated and does not come this far.");

    /// <summary>Sends the same bytes until the answer is one that counts.</summary>
    private async Task<Outcome> SendOnceAsync(ReadOnlyMemory<byte> lines, int rows, CancellationToken cancellationToken)
    {
        _errors.BeginRequest(rows);
        Outcome outcome = await _repeating.ExecuteAsync(
            static async (state, token) => state.Sender._errors.Judge(await state.Sender._store.WriteAsync(state.Batch, state.Sender._isBacklog, token)),
            (Sender: this, Batch: new Batch(Table, lines, rows)),
            cancellationToken);
        if (outcome is Outcome.Accepted)
        {
            _rejected.End();
        }

        return outcome;
    }
}
