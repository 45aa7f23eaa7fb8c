namespace Collector.Lines;

/// <summary>What a timestamp's digits count, as <c>?precision=</c> of a write request says.</summary>
public enum Precision
{
    Nanoseconds,
    Microseconds,
    Milliseconds,
    Seconds,
    Minutes,
    Hours,
}

internal static class PrecisionExtensions
{
    /// <summary>The digits in microseconds; null where they do not fit.</summary>
    public static long? ToMicros(this Precision precision, long digits)
    {
        if (precision == Precision.Nanoseconds)
        {
            return digits / 1000;
        }

        long factor = precision switch
        {
            Precision.Microseconds => 1,
            Precision.Milliseconds => 1_000,
            Precision.Seconds => 1_000_000,
            Precision.Minutes => 60_000_000,
            _ => 3_600_000_000,
        };
        return Math.BigMul(digits, factor, out long micros) == (micros < 0 ? -1 : 0) ? micros : null;
    }
}
