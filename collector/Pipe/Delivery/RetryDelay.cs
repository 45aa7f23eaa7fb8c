namespace Collector.Pipe.Delivery;

/// <summary>
/// How long to wait before a repetition: exponential with full jitter
/// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), and never less than the store asks for. A
/// store that asks for no pause at all is not hammered.
/// </summary>
internal static class RetryDelay
{
    /// <summary>The longest pause that a store is granted.</summary>
    public static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(5);

    /// <param name="attempt">Repetitions made so far.</param>
    /// <param name="random">A number from 0 to 1.</param>
    public static TimeSpan Of(Outcome outcome, int attempt, DeliveryOptions options, double random)
    {
        double doubled = options.RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30));
        var own = TimeSpan.FromMilliseconds(random * Math.Min(doubled, options.RetryMaxDelay.TotalMilliseconds));
        TimeSpan asked = Asked(outcome);
        return asked > own ? asked : own;
    }

    /// <summary>How long the store asks to be left alone.</summary>
    public static TimeSpan Asked(Outcome outcome) => outcome is Outcome.Retry { After: { } after } && after > TimeSpan.Zero
        ? TimeSpan.FromTicks(Math.Min(after.Ticks, LongestAsked.Ticks))
        : TimeSpan.Zero;
}
