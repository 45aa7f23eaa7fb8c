using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.IntegrationTests.Grafana;

/// <summary>Rows of one table, by the names of its columns. A row that the table does not take fails the test.</summary>
internal sealed class OperationRows(Table table, TimeProvider clock)
{
    private readonly LineWriter _writer = new(table, clock, new CounterBaselines());
    private readonly Dictionary<(string Column, string Series), double> _counters = [];
    private DateTimeOffset _at;

    public Table Table => table;

    public int Count => _writer.Rows;

    public ReadOnlyMemory<byte> Lines => _writer.Written;

    public OperationRows Begin(DateTimeOffset at, params string[] keys)
    {
        _at = at;
        _writer.Begin(keys);
        return this;
    }

    public OperationRows Set(string column, string value) => Written(() => _writer.Set(table[column], value));

    public OperationRows Set(string column, bool value) => Written(() => _writer.Set(table[column], value));

    public OperationRows Set(string column, double value) => Written(() => _writer.Set(table[column], value));

    public OperationRows Set(string column, long value) => Written(() => _writer.Set(table[column], value));

    public OperationRows Set(string column, DateTimeOffset value) => Written(() => _writer.Set(table[column], value));

    /// <summary>A counter, which grows by this much; the rest of a whole number is kept for the next row.</summary>
    public OperationRows Grow(string column, string series, double by)
    {
        double value = _counters.GetValueOrDefault((column, series), 1000) + by;
        _counters[(column, series)] = value;
        return Set(column, (long)value);
    }

    public void End() => Assert.Null(_writer.End(_at));

    public void Clear() => _writer.Clear();

    private OperationRows Written(Action set)
    {
        set();
        return this;
    }
}
