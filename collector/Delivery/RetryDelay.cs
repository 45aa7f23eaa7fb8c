namespace Collector.Delivery;

/// <summary>
/// How long to wait before a repetition: exponential with full jitter
/// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), or what the store asks for.
/// </summary>
internal static class RetryDelay
{
    /// <param name="attempt">Repetitions made so far.</param>
    /// <param name="random">A number from 0 to 1.</param>
    public static TimeSpan Of(Outcome outcome, int attempt, DeliveryOptions options, double random)
    {
        if (outcome is Outcome.Retry { After: { } asked })
        {
            return asked < TimeSpan.Zero ? TimeSpan.Zero : Shorter(asked, TimeSpan.FromMinutes(5));
        }

        double doubled = options.RetryDelay.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30));
        return TimeSpan.FromMilliseconds(random * Math.Min(doubled, options.RetryMaxDelay.TotalMilliseconds));
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
