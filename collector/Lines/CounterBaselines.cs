namespace Collector.Lines;

/// <summary>The baselines of all counters, by table, column and series. Kept in memory; what has changed is saved from time to time.</summary>
internal sealed class CounterBaselines
{
    private readonly Dictionary<(string Table, string Column), Series> _counters = [];

    /// <summary>The baselines of one counter column, for a writer to keep at hand.</summary>
    public Series For(string table, string column)
    {
        lock (_counters)
        {
            if (!_counters.TryGetValue((table, column), out Series? series))
            {
                _counters[(table, column)] = series = new Series();
            }

            return series;
        }
    }

    /// <summary>Hands every baseline that has changed since the last call to <paramref name="save"/>.</summary>
    public void SaveChanged(Action<CounterState> save)
    {
        List<((string Table, string Column) Key, Series Series)> counters;
        lock (_counters)
        {
            counters = [.. _counters.Select(pair => (pair.Key, pair.Value))];
        }

        foreach (((string table, string column), Series series) in counters)
        {
            series.SaveChanged((keys, value) => save(new CounterState(table, column, keys, value)));
        }
    }

    /// <summary>Takes note that a baseline was handed out to be saved, and was not.</summary>
    public void Unsaved(CounterState state) => For(state.Table, state.Column).Of(state.Series).MarkChanged();

    /// <summary>Takes a value that a kept row shows and that was not saved yet, before the first reading.</summary>
    public void Resume(string table, string column, ReadOnlySpan<byte> series, long value)
    {
        CounterBaseline baseline = For(table, column).Of(series);
        baseline.Restore(value);
        baseline.Keep();
    }

    /// <summary>Puts back what was saved, before the first reading.</summary>
    public void Load(CounterState saved) => For(saved.Table, saved.Column).Load(saved.Series, saved.Value);

    /// <summary>The baselines of one counter column, by series.</summary>
    internal sealed class Series
    {
        private readonly Dictionary<byte[], CounterBaseline> _baselines = new(ByteKeys.Instance);
        private readonly Dictionary<byte[], CounterBaseline>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

        public Series() => _lookup = _baselines.GetAlternateLookup<ReadOnlySpan<byte>>();

        /// <param name="keys">Table and keys as the line holds them, up to the last key's value.</param>
        public CounterBaseline Of(ReadOnlySpan<byte> keys)
        {
            lock (_baselines)
            {
                if (!_lookup.TryGetValue(keys, out CounterBaseline? baseline))
                {
                    _lookup[keys] = baseline = new CounterBaseline();
                }

                return baseline;
            }
        }

        internal void Load(byte[] keys, long value) => Of(keys).Load(value);

        internal void SaveChanged(Action<byte[], long> save)
        {
            lock (_baselines)
            {
                foreach ((byte[] keys, CounterBaseline baseline) in _baselines)
                {
                    if (baseline.TakeChanged(out long value))
                    {
                        save(keys, value);
                    }
                }
            }
        }
    }
}

/// <summary>One saved baseline.</summary>
/// <param name="Series">Table and keys as the line holds them.</param>
internal readonly record struct CounterState(string Table, string Column, byte[] Series, long Value);
