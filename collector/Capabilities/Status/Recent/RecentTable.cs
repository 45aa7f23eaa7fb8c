using System.Text.Json;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Capabilities.Status.Recent;

/// <summary>The latest rows of one table, one a series.</summary>
public sealed class RecentTable(Table table, PageOptions options, SeriesBudget budget, TimeProvider clock) : IRowBatch
{
    /// <summary>A series that no row came of for this long makes room for others.</summary>
    private static readonly TimeSpan LeaveAfter = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly RowKey _key = new();
    private readonly ShownColumn[] _columns = ShownColumn.Of(table);
    private readonly Dictionary<byte[], RecentSeries> _series = new(ByteKeys.Instance);
    private readonly List<int> _gone = [];
    private long _leftOut;
    private bool _isTold;

    // Of the batch that is being taken in.
    private long _now;
    private TimeSpan? _interval;

    public Table Table => table;

    /// <summary>Begins to take note of rows, which nobody sees until <see cref="End"/>.</summary>
    /// <param name="interval">Time to the next row of each series; null for rows that clients push.</param>
    /// <returns>Null where the last one who looked has gone meanwhile.</returns>
    public IRowBatch? Begin(TimeSpan? interval, RecentRows watched)
    {
        _gate.Enter();
        if (interval is null && !watched.IsWatched)
        {
            _gate.Exit();
            return null;
        }

        (_now, _interval) = (clock.GetTimestamp(), interval);
        return this;
    }

    public void Observe(LineReader row)
    {
        ReadOnlySpan<byte> key = _key.Of(row);
        if (_series.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out RecentSeries? series) || (series = Add(key)) is not null)
        {
            series.Observe(row, _interval, _now);
        }
        else
        {
            _leftOut++;
        }
    }

    public void End() => _gate.Exit();

    /// <summary>Forgets the series whose rows clients push.</summary>
    public void ForgetPushed() => Forget(static series => series.Interval is null);

    /// <summary>Forgets all.</summary>
    public void Forget() => Forget(static _ => true);

    /// <summary>
    /// Writes the table as an object: its columns and all its series, each with its latest row and the points of its lines.
    /// </summary>
    public void Write(Utf8JsonWriter json)
    {
        lock (_gate)
        {
            Leave();
            WriteWhole(json);
        }
    }

    /// <summary>
    /// Writes what is new since the last call, as <see cref="Write"/> has it but for the columns; all of it the first time, and
    /// nothing where nothing is.
    /// </summary>
    public bool WriteNews(Utf8JsonWriter json)
    {
        lock (_gate)
        {
            Leave();
            if (_isTold && _gone.Count == 0 && !_series.Values.Any(series => series.IsNew))
            {
                return false;
            }

            if (_isTold)
            {
                WriteChanges(json);
            }
            else
            {
                WriteWhole(json);
                foreach (RecentSeries series in _series.Values)
                {
                    series.TakeNews();
                }
            }

            _isTold = true;
            _gone.Clear();
            return true;
        }
    }

    private void WriteWhole(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("table", table.Name);
        json.WriteStartArray("keys");
        foreach (Column key in table.Keys)
        {
            json.WriteStringValue(key.Name);
        }

        json.WriteEndArray();
        json.WriteStartArray("columns");
        foreach (ShownColumn column in _columns)
        {
            column.Write(json);
        }

        json.WriteEndArray();
        json.WriteNumber("columns_left_out", table.Columns.Length - table.Columns.Count(column => column.IsKey) - _columns.Length);
        json.WriteNumber("max_points", options.Points);
        json.WriteNumber("rows_left_out", _leftOut);
        json.WriteStartArray("series");
        foreach (RecentSeries series in _series.Values.OrderBy(series => series.Id))
        {
            series.Write(json, _columns, series.Count);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteChanges(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("table", table.Name);
        json.WriteNumber("rows_left_out", _leftOut);
        json.WriteStartArray("gone");
        _gone.ForEach(json.WriteNumberValue);
        json.WriteEndArray();
        json.WriteStartArray("series");
        foreach (RecentSeries series in _series.Values.Where(series => series.IsNew))
        {
            series.Write(json, _columns, series.TakeNews());
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private RecentSeries? Add(ReadOnlySpan<byte> key)
    {
        if (_series.Count >= options.SeriesPerTable || budget.Take() is not { } id)
        {
            return null;
        }

        byte[] kept = key.ToArray();
        return _series[kept] = new RecentSeries(id, [.. RowKey.Values(kept)], _columns, options.Points);
    }

    private void Leave()
    {
        long now = clock.GetTimestamp();
        Forget(series => clock.GetElapsedTime(series.SeenAt, now) > LeaveAfter + (3 * (series.Interval ?? TimeSpan.Zero)));
    }

    private void Forget(Predicate<RecentSeries> which)
    {
        lock (_gate)
        {
            foreach ((byte[] key, RecentSeries series) in _series.Where(series => which(series.Value)).ToArray())
            {
                _series.Remove(key);
                budget.Give(1);
                if (_gone.Count < options.SeriesPerTable)
                {
                    _gone.Add(series.Id);
                }
            }
        }
    }
}
