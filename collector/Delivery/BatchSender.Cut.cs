using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Collector.Lines;

namespace Collector.Delivery;

/// <content>
/// Finding the bad rows of a batch that was rejected. Its parts are other requests with other bytes, though each row's own
/// are the same: should the store have applied a part of what it answered no to, dedup keys make one row of two.
/// </content>
internal sealed partial class BatchSender
{
    private async Task<BatchResult> CutAsync(ReadOnlyMemory<byte> lines, int rows, Outcome.Rejected rejected, CancellationToken cancellationToken)
    {
        List<Row> single = Rows(lines);
        if (single.Count != rows)
        {
            return new BatchResult(0, [], $"{rows} rows of {Table} read as {single.Count}, so that the bad one cannot be cut out: {rejected.Reason}");
        }

        var bad = new List<BadRow>();
        string? halted = await IsolateAsync(single, rejected, bad, cancellationToken);
        if (halted is null && bad.Count == rows)
        {
            _rejected.Add(rows);
        }

        return new BatchResult(rows - bad.Count, bad, halted);
    }

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
            IsTolerable(rows[0], rejected, bad, out string? halted);
            return halted;
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

    private bool IsTolerable(Row row, Outcome.Rejected rejected, List<BadRow> bad, [NotNullWhen(false)] out string? halted)
    {
        if (!rejected.BlamesRow)
        {
            halted = rejected.Reason;
            return false;
        }

        bad.Add(new BadRow(row.Index, row.Line, rejected.Reason, rejected.ErrorId));
        halted = bad.Count + _rejected.Rows > _options.MaxBadRows
            ? $"more than {_options.MaxBadRows} rows of {Table} were rejected, in one batch or with none taken in between (max_bad_rows), the last one because: {rejected.Reason}"
            : null;
        return halted is null;
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
