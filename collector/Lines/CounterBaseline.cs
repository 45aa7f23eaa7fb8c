namespace Collector.Lines;

/// <summary>
/// Where one counter of one series stood at the last reading. A value below that means that the counter began anew, and
/// all of it is increase (as Prometheus' <c>rate()</c> has it). One thread advances it, another may save it.
/// </summary>
internal sealed class CounterBaseline
{
    private long _value;
    private volatile bool _known;
    private volatile bool _changed;

    /// <summary>The counter at the last reading; null before the first one.</summary>
    public long? Value => _known ? Volatile.Read(ref _value) : null;

    /// <summary>Takes the counter's new value and returns its increase; null at the first reading, which has nothing before it.</summary>
    public long? Advance(long value)
    {
        long? increase = Value is { } last ? (value >= last ? value - last : value) : null;
        Restore(value);
        return increase;
    }

    /// <summary>Puts the baseline back to what it was, for a reading that was not kept.</summary>
    public void Restore(long? value)
    {
        // The mark comes last: a saver that misses the new value finds the mark the next time.
        Volatile.Write(ref _value, value ?? 0);
        _known = value is not null;
        _changed = true;
    }

    /// <summary>Takes what was saved, which therefore need not be saved again.</summary>
    internal void Load(long value)
    {
        Restore(value);
        _changed = false;
    }

    /// <summary>Takes note that the value is not saved.</summary>
    internal void MarkChanged() => _changed = true;

    /// <summary>True, with the value, when it has moved since this was last called.</summary>
    internal bool TakeChanged(out long value)
    {
        // The mark goes first, so that a move behind this reading sets it again.
        bool changed = _changed;
        _changed = false;
        long? now = Value;
        value = now ?? 0;
        return changed && now is not null;
    }
}
