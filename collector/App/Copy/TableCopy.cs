using Collector.App.Commands;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.Sqlite;

namespace Collector.App.Copy;

/// <summary>
/// Copies one table, batch by batch: each is written by the line writer that sources use, and sent as the lanes send theirs,
/// so that what may work later is repeated and one bad row costs one row. Holds one batch in memory.
/// </summary>
internal sealed class TableCopy(SqliteFile file, Table table, long sinceMicros, DeliveryOptions options, TimeProvider clock)
{
    /// <summary>Bad rows that are told one by one; the others are counted.</summary>
    private const int BadRowsTold = 100;

    private readonly List<(long Id, long Micros)> _rows = [];
    private TableReport _report = new(table);
    private long _read;
    private long? _firstMicros;

    /// <summary>Told of each bad row.</summary>
    public required Action<string> BadRow { get; init; }

    public required ProgressLine Progress { get; init; }

    /// <param name="send">Sends a batch until each of its rows has its answer; null rehearses.</param>
    /// <param name="count">Counts the database's rows, of which so many are wanted, from one time to another; null where they are not to be counted.</param>
    public async Task<TableReport> RunAsync(
        Func<ReadOnlyMemory<byte>, int, CancellationToken, Task<BatchResult>>? send, Func<long, long, long, Task<long?>>? count, CancellationToken cancellationToken)
    {
        Progress.Begin(table.Name, file.Count(table, sinceMicros));
        try
        {
            await CopyAsync(send, cancellationToken);
            if (count is not null && _report is { Failure: null, Copied: > 0, Last: { } last })
            {
                _report = _report with { Found = await count(_report.Copied, _firstMicros!.Value, last) };
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _report = _report with { Failure = "interrupted" };
        }

        return _report;
    }

    private async Task CopyAsync(Func<ReadOnlyMemory<byte>, int, CancellationToken, Task<BatchResult>>? send, CancellationToken cancellationToken)
    {
        using StoredRows rows = file.Rows(table, sinceMicros);
        var writer = new LineWriter(table, clock);
        long last = 0;
        while (_report.Failure is null && rows.Read())
        {
            _read++;
            last = Write(rows, writer) ?? last;
            if (writer.Rows >= options.BacklogRows || writer.Written.Length >= options.BacklogBytes.Bytes)
            {
                await SendAsync(writer, last, send, cancellationToken);
            }
        }

        if (_report.Failure is null && writer.Rows > 0)
        {
            await SendAsync(writer, last, send, cancellationToken);
        }
    }

    /// <returns>The row's time; null for one that was left out.</returns>
    private long? Write(StoredRows rows, LineWriter writer)
    {
        if (rows.Write(writer) is not { } fault)
        {
            _rows.Add((rows.Id, rows.Micros));
            _firstMicros ??= rows.Micros;
            return rows.Micros;
        }

        if (fault.Kind == LineFaultKind.Timestamp && rows.Micros < TimeWindow.Micros(clock.GetUtcNow()))
        {
            _report = _report with { TooOld = _report.TooOld + 1 };
        }
        else
        {
            Leave(rows.Name, fault.Message);
        }

        return null;
    }

    private async Task SendAsync(LineWriter writer, long last, Func<ReadOnlyMemory<byte>, int, CancellationToken, Task<BatchResult>>? send, CancellationToken cancellationToken)
    {
        BatchResult result = send is null ? new BatchResult(writer.Rows, [], null) : await send(writer.Written, writer.Rows, cancellationToken);
        foreach (BadRow bad in result.Bad)
        {
            Leave(StoredRows.NameOf(table, _rows[bad.Index].Id, _rows[bad.Index].Micros, bad.Line.Span), bad.Reason);
        }

        _report = result.Halted is null
            ? _report with { Copied = _report.Copied + result.Delivered, Last = last }
            : _report with { Failure = result.Halted };
        _rows.Clear();
        writer.Clear();
        Progress.Tell(_read);
    }

    private void Leave(string place, string reason)
    {
        _report = _report with { Bad = _report.Bad + 1 };
        if (_report.Bad <= BadRowsTold)
        {
            BadRow($"{table} {place}: {reason}");
        }
        else if (_report.Bad == BadRowsTold + 1)
        {
            BadRow($"{table}: more bad rows follow, and are counted only");
        }
    }
}
