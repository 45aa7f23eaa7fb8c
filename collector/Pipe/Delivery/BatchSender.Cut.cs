using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Collector.Lines;

namespace Collector.Pipe.Delivery;

/// <content>
/// Finding the bad rows of a batch that was rejected. Its parts are other requests with other bytes, though each row's own
/// are the same: should the store have applied a part of what it answered no to, dedup keys make one row of two.
/// </content>
public sealed partial class BatchSender
{
    /// <param name="rejected">The answer to the whole batch; null when it was cut before and had to wait.</param>
    private async Task<BatchResult> CutAsync(ReadOnlyMemory<byte> lines, int rows, Outcome.Rejected? rejected, CancellationToken cancellationToken)
    {
        List<Row> all = Rows(lines);
        if (all.Count != rows)
        {
            return new BatchResult(0, [], $"{rows} rows of {Table} read as {all.Count}, so that the bad one cannot be cut out: {rejected?.Reason}");
        }

        var bad = new List<BadRow>();
        List<Row> left = [.. all.Where(row => !_taken.Contains(_locate(row.Index)))];
        string? halted = rejected is null
            ? await SendPartAsync(left, bad, cancellationToken)
            : await IsolateAsync(left, rejected, bad, cancellationToken);
        halted ??= Hopeless(bad, rows);
        if (halted is null && bad.Count == rows)
        {
            _rejected.Add(rows);
        }

        return new BatchResult(rows - bad.Count, bad, halted);
    }

    /// <returns>Why the table has to wait; null when every row has its answer.</returns>
    private async Task<string?> SendPartAsync(List<Row> rows, List<BadRow> bad, CancellationToken cancellationToken) =>
        rows.Count == 0 ? null : await SendRowsAsync(rows, cancellationToken) switch
        {
            Outcome.Accepted => null,
            Outcome.Rejected rejected => await IsolateAsync(rows, rejected, bad, cancellationToken),
            Outcome.Halted halted => halted.Reason,
            var other => throw Unrepeated(other),
        };

    /// <summary>Cuts the bad rows out of <paramref name="rows"/>, which were rejected, and sends the others.</summary>
    /// <returns>Why the table has to wait; null when every row has its answer.</returns>
    private async Task<string?> IsolateAsync(List<Row> rows, Outcome.Rejected rejected, List<BadRow> bad, CancellationToken cancellationToken)
    {
        Outcome outcome = rejected;
        while (outcome is Outcome.Rejected { Line: { } line } named && line >= 1 && line <= rows.Count)
        {
            if (!IsTolerable(rows[line - 1], named, bad, out string? halted))
            {
                return halted;
            }

            rows.RemoveAt(line - 1);
            if (rows.Count == 0)
            {
                return null;
            }

            if (bad.Count > _options.MaxBadRows)
            {
                return await SendInPiecesAsync(rows, bad, cancellationToken);
            }

            outcome = await SendRowsAsync(rows, cancellationToken);
        }

        return outcome switch
        {
            Outcome.Accepted => null,
            Outcome.Halted halted => halted.Reason,
            Outcome.Rejected unnamed => await BisectAsync(rows, unnamed, bad, cancellationToken),
            _ => throw Unrepeated(outcome),
        };
    }

    /// <summary>The store does not say which row is bad: ask it for each half.</summary>
    private async Task<string?> BisectAsync(List<Row> rows, Outcome.Rejected rejected, List<BadRow> bad, CancellationToken cancellationToken)
    {
        if (rows.Count == 1)
        {
            IsTolerable(rows[0], rejected, bad, out string? halted);
            return halted;
        }

        int middle = rows.Count / 2;
        return await SendPartAsync(rows[..middle], bad, cancellationToken) ?? await SendPartAsync(rows[middle..], bad, cancellationToken);
    }

    /// <summary>
    /// Many rows are bad, and that is no fault of the table: sent are pieces that grow while the store takes them, so that
    /// a bad row costs no request of all that is behind it.
    /// </summary>
    private async Task<string?> SendInPiecesAsync(List<Row> rows, List<BadRow> bad, CancellationToken cancellationToken)
    {
        for (int at = 0, size = 1; at < rows.Count;)
        {
            List<Row> piece = rows.GetRange(at, Math.Min(size, rows.Count - at));
            switch (await SendRowsAsync(piece, cancellationToken))
            {
                case Outcome.Accepted:
                    at += piece.Count;
                    size = Math.Min(size * 2, rows.Count);
                    break;
                case Outcome.Rejected when piece.Count > 1:
                    size = 1; // what is before the bad row is taken one by one, at first
                    break;
                case Outcome.Rejected rejected when IsTolerable(piece[0], rejected, bad, out string? halted):
                    at++;
                    break;
                case var waits:
                    return waits.Problem;
            }
        }

        return null;
    }

    private bool IsTolerable(Row row, Outcome.Rejected rejected, List<BadRow> bad, [NotNullWhen(false)] out string? halted)
    {
        if (!rejected.BlamesRow)
        {
            halted = rejected.Reason;
            return false;
        }

        bad.Add(new BadRow(row.Index, row.Line, rejected.Reason, rejected.ErrorId));
        halted = !Table.IsMade && bad.Count + _rejected.Rows > _options.MaxBadRows
            ? $"more than {_options.MaxBadRows} rows of {Table} were rejected, in one batch or with none taken in between (max_bad_rows), the last one because: {rejected.Reason}"
            : null;
        return halted is null;
    }

    /// <summary>
    /// What a table without a schema file takes is the database's own affair, and as long as it takes any row the others cost
    /// themselves alone. One that takes none at all waits.
    /// </summary>
    private string? Hopeless(List<BadRow> bad, int rows) =>
        Table.IsMade && bad.Count == rows && bad.Count + _rejected.Rows > _options.MaxBadRows && _store.Traffic.Of(Table.Name).Rows == 0
            ? $"more than {_options.MaxBadRows} rows of {Table} were rejected and none was taken since the start (max_bad_rows), the last one because: {bad[^1].Reason}"
            : null;

    private async Task<Outcome> SendRowsAsync(List<Row> rows, CancellationToken cancellationToken)
    {
        Outcome outcome = await SendOnceAsync(Joined(rows), rows.Count, cancellationToken);
        foreach (Row row in outcome is Outcome.Accepted ? rows : [])
        {
            _taken.Add(_locate(row.Index));
        }

        return outcome;
    }

    private List<Row> Rows(ReadOnlyMemory<byte> lines)
    {
        var rows = new List<Row>();
        _reader = _reader.Table == Table ? _reader : new LineReader(Table);
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
