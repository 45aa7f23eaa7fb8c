namespace Collector.Lines;

/// <summary>
/// Where one counter of one series stood at the last reading. A value below that means that the counter began anew, and
/// all of it is increase (as Prometheus' <c>rate()</c> has it).
/// </summary>
internal sealed class CounterBaseline
{
    /// <summary>The counter at the last reading; null before the first one.</summary>
    public long? Value { get; private set; }

    /// <summary>True when <see cref="Value"/> has moved since it was last saved.</summary>
    internal bool Changed { get; set; }

    /// <summary>Takes the counter's new value and returns its increase; null at the first reading, which has nothing before it.</summary>
    public long? Advance(long value)
    {
        long? increase = Value is { } last ? (value >= last ? value - last : value) : null;
        Restore(value);
        return increase;
    }

    /// <summary>Puts the baseline back to what it was, for a reading that was not kept.</summary>
    public void Restore(long? value) => (Value, Changed) = (value, true);
}
