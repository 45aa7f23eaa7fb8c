namespace Collector.Lines;

/// <summary>The baselines of one counter column, by series.</summary>
public sealed class CounterSeries
{
    private readonly Dictionary<byte[], CounterBaseline> _baselines = new(ByteKeys.Instance);
    private readonly Dictionary<byte[], CounterBaseline>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public CounterSeries() => _lookup = _baselines.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count
    {
        get
        {
            lock (_baselines)
            {
                return _baselines.Count;
            }
        }
    }

    /// <param name="keys">Table and keys as the line holds them, up to the last key's value.</param>
    public CounterBaseline Of(ReadOnlySpan<byte> keys)
    {
        lock (_baselines)
        {
            if (!_lookup.TryGetValue(keys, out CounterBaseline? baseline))
            {
                _lookup[keys] = baseline = new CounterBaseline();
            }

            baseline.Use();
            return baseline;
        }
    }

    /// <summary>Takes a value that a row in the spool shows, before the first reading.</summary>
    public void Resume(ReadOnlySpan<byte> keys, long value)
    {
        CounterBaseline baseline = Of(keys);
        baseline.Restore(value);
        baseline.Keep();
    }

    internal void SaveChanged(Action<byte[], long> save, long now)
    {
        lock (_baselines)
        {
            foreach ((byte[] keys, CounterBaseline baseline) in _baselines)
            {
                baseline.NoteSeen(now);
                if (baseline.TakeChanged(out long value))
                {
                    save(keys, value);
                }
            }
        }
    }

    /// <summary>When each was last seen.</summary>
    internal long[] Seen()
    {
        lock (_baselines)
        {
            return [.. _baselines.Values.Select(baseline => baseline.Seen)];
        }
    }

    /// <summary>Forgets those not seen since, of which none is in use.</summary>
    /// <returns>How many; not more than <paramref name="most"/>.</returns>
    internal int Forget(long unseenSince, int most, Action<byte[]> forgotten)
    {
        int count = 0;
        lock (_baselines)
        {
            foreach ((byte[] keys, CounterBaseline baseline) in _baselines)
            {
                if (count < most && baseline.IsUnseenSince(unseenSince))
                {
                    _baselines.Remove(keys); // which an enumeration allows
                    forgotten(keys);
                    count++;
                }
            }
        }

        return count;
    }
}
