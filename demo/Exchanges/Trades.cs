namespace Demo.Exchanges;

/// <summary>A trade at a venue.</summary>
/// <param name="At">When it is told; time since the start.</param>
/// <param name="Number">Chooses the symbol.</param>
/// <param name="Late">How long before it happened.</param>
internal readonly record struct Trade(TimeSpan At, int Number, TimeSpan Late);

/// <summary>The endless stream of a venue's trades, a Poisson process determined by profile and seed alone.</summary>
internal static class Trades
{
    public static IEnumerable<Trade> Stream(VenueProfile profile, int seed)
    {
        var random = new Random(seed);
        for (TimeSpan at = TimeSpan.Zero; ;)
        {
            at += TimeSpan.FromSeconds(1 / profile.Rate) * -Math.Log(1 - random.NextDouble());
            yield return new Trade(at, random.Next(), Around(random, profile.FeedDelay));
        }
    }

    /// <summary>Half of the mean is always there; the rest is exponential: seldom twice, never less.</summary>
    public static TimeSpan Around(Random random, TimeSpan mean) => mean * (0.5 - 0.5 * Math.Log(1 - random.NextDouble()));
}
