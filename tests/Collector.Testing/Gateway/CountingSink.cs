using Collector.Lines;

namespace Collector.Testing;

/// <summary>Takes everything, checks that it is what it says, and keeps nothing.</summary>
internal sealed class CountingSink : ILineSink
{
    private readonly Dictionary<string, LineReader> _readers = new(StringComparer.Ordinal);

    public long Rows { get; private set; }

    public long Refused { get; private set; }

    /// <summary>When set, each row handed in is read back and has to be good.</summary>
    public bool Verifies { get; init; }

    public ValueTask<string?> AcceptAsync(LineRows rows, CancellationToken cancellationToken)
    {
        Rows += rows.Count;
        if (Verifies)
        {
            Verify(rows);
        }

        return ValueTask.FromResult<string?>(null);
    }

    public int Refuse(IReadOnlyList<RefusedRow> rows)
    {
        int lines = rows.Sum(row => row.Times);
        Refused += lines;
        return lines;
    }

    private void Verify(LineRows rows)
    {
        if (!_readers.TryGetValue(rows.Table.Name, out LineReader? reader) || reader.Table != rows.Table)
        {
            _readers[rows.Table.Name] = reader = new LineReader(rows.Table, asSent: rows.Table.IsMade);
        }

        reader.Start(rows.Bytes, TimeWindow.Any);
        int count = 0;
        for (LineStatus status = reader.Read(); status != LineStatus.End; status = reader.Read(), count++)
        {
            Assert.True(status == LineStatus.Row, $"{reader.Fault}: {Convert.ToBase64String(reader.Row.Span)}");
        }

        Assert.Equal(rows.Count, count);
        Assert.Equal((byte)'\n', rows.Bytes.Span[^1]);
    }
}
