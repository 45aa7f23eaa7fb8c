using System.Buffers;
using System.Runtime.InteropServices;
using Collector.Lines;
using Collector.Tables;
using Polly;
using Polly.Retry;

namespace Collector.Delivery;

/// <summary>A row that the store will not take.</summary>
/// <param name="Index">Its place in the batch, from 0.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BadRow(int Index, ReadOnlyMemory<byte> Line, string Reason, string? ErrorId);

/// <summary>What became of a batch in the end.</summary>
/// <param name="Delivered">Rows that the store took.</param>
/// <param name="Bad">Rows that it will never take.</param>
/// <param name="Halted">Why the table has to wait; null when the batch is done.</param>
internal sealed record BatchResult(int Delivered, IReadOnlyList<BadRow> Bad, string? Halted);

/// <summary>
/// Sends batches of one table until each row has its answer. What may work later is repeated with the very same bytes,
/// without end; one bad row is cut out and costs one row.
/// </summary>
internal sealed class BatchSender
{
    private readonly Table _table;
    private readonly bool _isBacklog;
    private readonly StoreConnection _store;
    private readonly DeliveryOptions _options;
    private readonly ResiliencePipeline<Outcome> _repeating;
    private readonly LineReader _reader;

    /// <param name="isBacklog">Its batches give way to fresh rows.</param>
    /// <param name="random">A number from 0 to 1 at each call, for the jitter.</param>
    public BatchSender(Table table, bool isBacklog, StoreConnection store, DeliveryOptions options, TimeProvider clock, Func<double> random)
    {
        (_table, _isBacklog, _store, _options) = (table, isBacklog, store, options);
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

    /// <exception cref="OperationCanceledException">The time to deliver is over; the batch is to be sent again at the next start.</exception>
    public async Task<BatchResult> SendAsync(ReadOnlyMemory<byte> lines, int rows, CancellationToken cancellationToken)
    {
        Outcome outcome = await SendOnceAsync(lines, rows, cancellationToken);
        if (outcome is Outcome.Accepted)
        {
            return new BatchResult(rows, [], null);
        }

        if (outcome is not Outcome.Rejected rejected)
        {
            return new BatchResult(0, [], ((Outcome.Halted)outcome).Reason);
        }

        List<Row> single = Rows(lines);
        if (single.Count != rows)
        {
            return new BatchResult(0, [], $"{rows} rows of {_table} read as {single.Count}, so that the bad one cannot be cut out: {rejected.Reason}");
        }

        var bad = new List<BadRow>();
        string? halted = await IsolateAsync(single, rejected, bad, cancellationToken);
        return new BatchResult(rows - bad.Count, bad, halted);
    }

    /// <summary>Waits before the batch is tried again, no longer than this.</summary>
    public Task PauseAsync(TimeSpan longest, CancellationToken cancellationToken) => _store.PauseAsync(_table, longest, cancellationToken);

    /// <summary>Cuts the bad rows out of <paramref name="rows"/>, which were rejected, and sends the others.</summary>
    /// <returns>Why the table has to wait; null when every row has its answer.</returns>
    private async Task<string?> IsolateAsync(List<Row> rows, Outcome.Rejected rejected, List<BadRow> bad, CancellationToken cancellationToken)
    {
        Outcome outcome = rejected;
        while (outcome is Outcome.Rejected { Line: { } line } named && line >= 1 && line <= rows.Count)
        {
            if (!IsTolerable(rows[line - 1], named, bad, out string? tooMany))
            {
                return tooMany;
            }

            rows.RemoveAt(line - 1);
            if (rows.Count == 0)
            {
                return null;
            }

            outcome = await SendOnceAsync(Joined(rows), rows.Count, cancellationToken);
        }

        return outcome switch
        {
            Outcome.Accepted => null,
            Outcome.Halted halted => halted.Reason,
            Outcome.Rejected unnamed => await BisectAsync(rows, unnamed, bad, cancellationToken),
            _ => throw new InvalidOperationException($"{outcome.GetType().Name} is repeated and does not come this far."),
        };
    }

    /// <summary>The store does not say which row is bad: ask it for each half.</summary>
    private async Task<string?> BisectAsync(List<Row> rows, Outcome.Rejected rejected, List<BadRow> bad, CancellationToken cancellationToken)
    {
        if (rows.Count == 1)
        {
            IsTolerable(rows[0], rejected, bad, out string? tooMany);
            return tooMany;
        }

        int middle = rows.Count / 2;
        foreach (List<Row> half in (List<Row>[])[rows[..middle], rows[middle..]])
        {
            Outcome outcome = await SendOnceAsync(Joined(half), half.Count, cancellationToken);
            string? halted = outcome switch
            {
                Outcome.Rejected again => await IsolateAsync(half, again, bad, cancellationToken),
                Outcome.Halted waits => waits.Reason,
                _ => null,
            };
            if (halted is not null)
            {
                return halted;
            }
        }

        return null;
    }

    private bool IsTolerable(Row row, Outcome.Rejected rejected, List<BadRow> bad, out string? tooMany)
    {
        bad.Add(new BadRow(row.Index, row.Line, rejected.Reason, rejected.ErrorId));
        tooMany = bad.Count > _options.MaxBadRows
            ? $"more than {_options.MaxBadRows} rows of one batch of {_table} were rejected (max_bad_rows), the last one because: {rejected.Reason}"
            : null;
        return tooMany is null;
    }

    private async Task<Outcome> SendOnceAsync(ReadOnlyMemory<byte> lines, int rows, CancellationToken cancellationToken) =>
        await _repeating.ExecuteAsync(
            static async (state, token) => await state._store.WriteAsync(state.Batch, state._isBacklog, token),
            (_store, _isBacklog, Batch: new Batch(_table, lines, rows)),
            cancellationToken);

    private List<Row> Rows(ReadOnlyMemory<byte> lines)
    {
        var rows = new List<Row>();
        _reader.Start(lines, TimeWindow.Any);
        while (_reader.Read() != LineStatus.End)
        {
            rows.Add(new Row(rows.Count, _reader.Row));
        }

        return rows;
    }

    private static ReadOnlyMemory<byte> Joined(List<Row> rows)
    {
        var joined = new ArrayBufferWriter<byte>(rows.Sum(row => row.Line.Length));
        foreach (Row row in rows)
        {
            joined.Write(row.Line.Span);
        }

        return joined.WrittenMemory;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Row(int Index, ReadOnlyMemory<byte> Line);
}
