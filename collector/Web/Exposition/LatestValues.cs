using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Web.Exposition;

/// <summary>The tables' latest values as metric families. Thread-safe for observers.</summary>
public sealed class LatestValues : IFamilies, IRowObserver
{
    private readonly Lock _gate = new();
    private readonly ExpositionOptions _options;
    private readonly TimeProvider _clock;
    private volatile State _state;

    /// <param name="tables">Those known at the start. Another is taken in with its first rows.</param>
    public LatestValues(IEnumerable<Table> tables, ExpositionOptions options, TimeProvider clock)
    {
        (_options, _clock) = (options, clock);
        _state = new State(tables.Select(table => new SeriesTable(table, options, clock)), 1);
    }

    public int Version => _state.Version;

    public IReadOnlyList<Family> Families => _state.Families;

    /// <summary>The tables that expose a column.</summary>
    public IReadOnlyList<SeriesTable> Tables => _state.Exposed;

    /// <summary>Takes note of rows of one table; of none where the table exposes no column.</summary>
    public IRowBatch? Begin(in LineRows rows)
    {
        Table table = rows.Table;
        if (!_state.ByTable.TryGetValue(table.Name, out SeriesTable? series) || series.Table.Columns.Length < table.Columns.Length)
        {
            series = Add(table);
        }

        return series.Families.Length == 0 ? null : series.Begin(rows.Interval > TimeSpan.Zero ? rows.Interval : _options.DefaultInterval);
    }

    public void Collect()
    {
        foreach (SeriesTable table in _state.Exposed)
        {
            table.Collect();
        }
    }

    private SeriesTable Add(Table table)
    {
        lock (_gate)
        {
            if (!_state.ByTable.TryGetValue(table.Name, out SeriesTable? series) || series.Table.Columns.Length < table.Columns.Length)
            {
                // A table that got more columns begins anew: its series are back with their next rows.
                series = new SeriesTable(table, _options, _clock);
                _state = new State(_state.ByTable.Values.Where(other => other.Table.Name != table.Name).Append(series), _state.Version + 1);
            }

            return series;
        }
    }

    private sealed class State
    {
        public State(IEnumerable<SeriesTable> tables, int version)
        {
            ByTable = tables.ToDictionary(table => table.Table.Name, StringComparer.Ordinal);
            Exposed = [.. ByTable.Values.Where(table => table.Families.Length > 0).OrderBy(table => table.Table.Name, StringComparer.Ordinal)];
            Families = [.. Exposed.SelectMany(table => table.Families)];
            Version = version;
        }

        public Dictionary<string, SeriesTable> ByTable { get; }

        public SeriesTable[] Exposed { get; }

        public Family[] Families { get; }

        public int Version { get; }
    }
}
