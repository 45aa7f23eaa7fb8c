using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Web.Exposition;

/// <summary>
/// The latest values of one table: for each series (its keys) the exposed columns of the row with the newest timestamp. A
/// row replaces its series as a whole: a reading that was not taken is absent, not the one before it.
/// </summary>
/// <remarks>
/// Series sit in slots of arrays that run side by side, and a row's values are <see cref="_values"/> from slot × columns
/// on, NaN where absent (no row can hold a NaN). <see cref="Collect"/> copies what is fresh, so that rows need not wait for
/// a page to be written.
/// </remarks>
public sealed class SeriesTable : IRowBatch
{
    private static readonly TimeSpan Century = TimeSpan.FromDays(36_525);

    private readonly Lock _gate = new();
    private readonly RowKey _key = new();
    private readonly ExposedColumn[] _columns;
    private readonly string[] _labelNames;
    private readonly ExpositionOptions _options;
    private readonly TimeProvider _clock;
    private readonly Dictionary<byte[], int> _slots = new(ByteKeys.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly Stack<int> _free = new();
    private byte[]?[] _keys = [];
    private byte[][] _labels = [];
    private double[] _values = [];
    private long[] _micros = [];
    private long[] _staleAt = [];
    private int _used;
    private long _nextLeave = long.MaxValue;

    // Of the batch that is being taken in.
    private long _now;
    private long _wallClock;
    private long _stale;

    private byte[][] _collectedLabels = [];
    private double[] _collectedValues = [];
    private int _collected;

    public SeriesTable(Table table, ExpositionOptions options, TimeProvider clock)
    {
        Table = table;
        (_options, _clock) = (options, clock);
        _columns = [.. table.Columns.Where(column => column is { Metric: not null, IsDelta: false }).Select(column => new ExposedColumn(column))];
        _labelNames = LabelNames(table);
        _lookup = _slots.GetAlternateLookup<ReadOnlySpan<byte>>();
        Families = [.. _columns.Select((column, index) => new ColumnFamily(this, index, column.Column))];
    }

    public Table Table { get; }

    /// <summary>One family a column that the table exposes; none for a table that shows nothing.</summary>
    public ColumnFamily[] Families { get; }

    /// <summary>Slots taken, by fresh series and by stale ones that have not left yet.</summary>
    public int Series
    {
        get
        {
            lock (_gate)
            {
                return _slots.Count;
            }
        }
    }

    /// <summary>Rows not shown since the start, because their series found no slot.</summary>
    public long Dropped { get; private set; }

    /// <summary>Begins to take note of rows, which no page is written beside until <see cref="End"/>.</summary>
    /// <param name="interval">How far apart readings of these series are.</param>
    public SeriesTable Begin(TimeSpan interval)
    {
        _gate.Enter();
        _now = Now();
        _wallClock = TimeWindow.Micros(_clock.GetUtcNow());
        _stale = (long)Math.Min(interval.TotalMicroseconds * _options.StaleFactor, Century.TotalMicroseconds);
        return this;
    }

    public void Observe(LineReader row)
    {
        // A reading's age counts: a row of yesterday, sent today, is no present value. One dated ahead is as new as can be.
        long age = Math.Max(0, _wallClock - row.Micros);
        Observe(row, _now, _now + _stale - age);
    }

    public void End() => _gate.Exit();

    /// <summary>Copies the values of all fresh series for <see cref="WriteSamples"/>, and lets those go that are long stale.</summary>
    public void Collect()
    {
        lock (_gate)
        {
            long now = Now();
            Leave(now);
            if (_collectedLabels.Length < _keys.Length)
            {
                _collectedLabels = new byte[_keys.Length][];
                _collectedValues = new double[_values.Length];
            }

            int stride = _columns.Length;
            _collected = 0;
            for (int slot = 0; slot < _used; slot++)
            {
                if (_keys[slot] is not null && _staleAt[slot] > now)
                {
                    _collectedLabels[_collected] = _labels[slot];
                    _values.AsSpan(slot * stride, stride).CopyTo(_collectedValues.AsSpan(_collected * stride));
                    _collected++;
                }
            }
        }
    }

    /// <summary>Writes one column of what <see cref="Collect"/> took.</summary>
    public void WriteSamples(ScrapeBuffer page, int column, ReadOnlySpan<byte> name, LabelSets? shown)
    {
        int stride = _columns.Length;
        for (int i = 0; i < _collected; i++)
        {
            double value = _collectedValues[(i * stride) + column];
            if (!double.IsNaN(value) && shown?.Add(_collectedLabels[i]) != false)
            {
                page.Sample(name, _collectedLabels[i], value);
            }
        }
    }

    private void Observe(LineReader row, long now, long staleAt)
    {
        ReadOnlySpan<byte> key = _key.Of(row);
        if (!_lookup.TryGetValue(key, out int slot))
        {
            if (staleAt <= now)
            {
                return;
            }

            slot = Take(key, now);
            if (slot < 0)
            {
                Dropped++;
                return;
            }
        }
        else if (row.Micros < _micros[slot] && _staleAt[slot] > now)
        {
            return;
        }

        _micros[slot] = row.Micros;
        _staleAt[slot] = staleAt;
        _nextLeave = Math.Min(_nextLeave, staleAt + (long)_options.LeaveAfter.TotalMicroseconds);
        Span<double> values = _values.AsSpan(slot * _columns.Length, _columns.Length);
        bool isUnknown = Table.State is { } state && row.Has(state) && row.Escaped(state).SequenceEqual("unknown"u8);
        for (int i = 0; i < values.Length; i++)
        {
            // A BOOLEAN has no null in the database, where the state beside it says that nobody knows. Here it is absent.
            values[i] = isUnknown && _columns[i].Column.Type == ColumnType.Boolean ? double.NaN : _columns[i].Read(row);
        }
    }

    /// <summary>A slot for a new series; -1 when the table's cap is reached.</summary>
    private int Take(ReadOnlySpan<byte> key, long now)
    {
        if (_slots.Count >= _options.SeriesPerTable)
        {
            Leave(now);
            if (_slots.Count >= _options.SeriesPerTable)
            {
                return -1;
            }
        }

        if (!_free.TryPop(out int slot))
        {
            slot = _used++;
            if (slot == _keys.Length)
            {
                GrowTo(Math.Min(_options.SeriesPerTable, Math.Max(16, _keys.Length * 2)));
            }
        }

        byte[] kept = key.ToArray();
        _slots[kept] = slot;
        _keys[slot] = kept;
        _labels[slot] = MetricText.Labels(LabelsOf(kept));
        return slot;
    }

    private void GrowTo(int slots)
    {
        Array.Resize(ref _keys, slots);
        Array.Resize(ref _labels, slots);
        Array.Resize(ref _micros, slots);
        Array.Resize(ref _staleAt, slots);
        Array.Resize(ref _values, slots * _columns.Length);
    }

    /// <summary>Frees the slots of series that have been stale for long. Looks at all of them only when one can have come to that.</summary>
    private void Leave(long now)
    {
        if (now < _nextLeave)
        {
            return;
        }

        long after = (long)_options.LeaveAfter.TotalMicroseconds;
        _nextLeave = long.MaxValue;
        for (int slot = 0; slot < _used; slot++)
        {
            if (_keys[slot] is not { } key)
            {
                continue;
            }

            long leaveAt = _staleAt[slot] + after;
            if (leaveAt <= now)
            {
                _slots.Remove(key);
                (_keys[slot], _labels[slot]) = (null, []);
                _free.Push(slot);
            }
            else
            {
                // A newer row only moves it on; then the look is one too early, and finds the next.
                _nextLeave = Math.Min(_nextLeave, leaveAt);
            }
        }
    }

    private IEnumerable<(string Name, string Value)> LabelsOf(byte[] key) => _labelNames.Zip(RowKey.Values(key));

    private long Now() => (long)_clock.GetElapsedTime(0, _clock.GetTimestamp()).TotalMicroseconds;

    /// <summary>The keys' names as labels; two that become alike by that are told apart by a number.</summary>
    private static string[] LabelNames(Table table)
    {
        var names = new List<string>();
        foreach (Column key in table.Keys)
        {
            string plain = MetricText.Name(key.Name), name = plain;
            for (int i = 2; names.Contains(name, StringComparer.Ordinal); i++)
            {
                name = $"{plain}_{i}";
            }

            names.Add(name);
        }

        return [.. names];
    }
}
