namespace Collector.Lines;

/// <summary>
/// Where one counter of one series stood at the last reading. A value below that means that the counter began anew, and
/// all of it is increase (as Prometheus' <c>rate()</c> has it). One thread advances and keeps it, another may save it: what
/// is saved is the value of rows that were kept, never of rows that may still be taken back.
/// </summary>
public sealed class CounterBaseline
{
    private long _kept;
    private volatile bool _isKept;
    private volatile bool _changed;
    private volatile bool _isUsed;

    /// <summary>The counter at the last reading; null before the first one.</summary>
    public long? Value { get; private set; }

    /// <summary>When it was used last, in seconds since 1970, as of the save behind that.</summary>
    internal long Seen { get; private set; }

    /// <summary>Takes the counter's new value and returns its increase; null at the first reading, which has nothing before it.</summary>
    public long? Advance(long value)
    {
        long? increase = Value is { } last ? (value >= last ? value - last : value) : null;
        Value = value;
        return increase;
    }

    /// <summary>Puts the baseline back to what it was, for a reading that was not kept.</summary>
    public void Restore(long? value) => Value = value;

    /// <summary>The row that brought <see cref="Value"/> is kept: the value is to be saved.</summary>
    public void Keep()
    {
        if (Value is { } value)
        {
            // The mark comes last: a saver that misses the new value finds the mark the next time.
            Volatile.Write(ref _kept, value);
            _isKept = true;
            _changed = true;
        }
    }

    /// <summary>Takes what was saved, which therefore need not be saved again.</summary>
    internal void Load(long value, long seen)
    {
        Value = value;
        Keep();
        (_changed, _isUsed, Seen) = (false, false, seen);
    }

    /// <summary>A row has it: it is not forgotten before the next save.</summary>
    internal void Use() => _isUsed = true;

    internal void NoteSeen(long now)
    {
        if (_isUsed)
        {
            (_isUsed, Seen) = (false, now);
        }
    }

    internal bool IsUnseenSince(long second) => !_isUsed && Seen < second;

    /// <summary>Has it handed out once more: what was handed out could not be saved.</summary>
    internal void MarkChanged() => _changed = true;

    /// <summary>True, with the value, when another one was kept since this was last called.</summary>
    internal bool TakeChanged(out long value)
    {
        // The mark goes first, so that a move behind this reading sets it again.
        bool changed = _changed;
        _changed = false;
        value = Volatile.Read(ref _kept);
        return changed && _isKept;
    }
}
