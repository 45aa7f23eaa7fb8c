using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Testing;

/// <summary>A row as it was written, read back.</summary>
internal sealed record WrittenRow(string Table, DateTimeOffset Time, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The value of a column as text; null where the row has none.</summary>
    public string? this[string column] => Values.GetValueOrDefault(column);

    public double Number(string column) => double.Parse(Values[column]);
}

/// <summary>Takes rows, or refuses them, and reads each back from its bytes.</summary>
internal sealed class RecordedSink : ILineSink
{
    private readonly Lock _gate = new();
    private readonly List<WrittenRow> _rows = [];
    private readonly List<int> _pieces = [];

    /// <summary>Why rows are refused; null while they are taken.</summary>
    public Func<Table, string?> Refusal { get; set; } = _ => null;

    /// <summary>Rows of each piece that was taken.</summary>
    public IReadOnlyList<int> Pieces => _pieces;

    public IReadOnlyList<WrittenRow> Rows
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows];
            }
        }
    }

    /// <summary>Rows that were turned away before they were handed in.</summary>
    public List<RefusedRow> Refused { get; } = [];

    public int Refuse(IReadOnlyList<RefusedRow> rows)
    {
        Refused.AddRange(rows.SelectMany(row => Enumerable.Range(0, row.Times).Select(i => row with { Times = 1, Fault = row.Fault with { Line = row.Fault.Line + i } })));
        return rows.Sum(row => row.Times);
    }

    public ValueTask<string?> AcceptAsync(LineRows rows, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Refusal(rows.Table) is { } refusal)
        {
            return ValueTask.FromResult<string?>(refusal);
        }

        var reader = new LineReader(rows.Table);
        reader.Start(rows.Bytes, TimeWindow.Any);
        int count = 0;
        for (; reader.Read() is var status && status != LineStatus.End; count++)
        {
            Assert.True(status == LineStatus.Row, reader.Fault?.ToString());
            var values = rows.Table.Columns.Where(reader.Has).ToDictionary(column => column.Name, column => TestTable.Shown(reader, column)!, StringComparer.Ordinal);
            lock (_gate)
            {
                _rows.Add(new WrittenRow(rows.Table.Name, DateTimeOffset.UnixEpoch.AddMicroseconds(reader.Micros), values));
            }
        }

        Assert.Equal(rows.Count, count);
        lock (_gate)
        {
            _pieces.Add(count);
        }

        return ValueTask.FromResult<string?>(null);
    }
}

/// <summary>A source's memory, that a test can hand to its successor.</summary>
internal sealed class MemoryState : ISourceState
{
    private readonly Dictionary<string, string> _kept = new(StringComparer.Ordinal);

    public int Saves { get; private set; }

    /// <summary>Names of what is remembered.</summary>
    public IReadOnlyCollection<string> Kept => _kept.Keys;

    public string? Get(string key) => _kept.GetValueOrDefault(key);

    public IReadOnlyList<string> Keys(string prefix) => [.. _kept.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))];

    public void Set(string key, string value) => _kept[key] = value;

    public void Forget(string key) => _kept.Remove(key);

    public void Save() => Saves++;
}
