namespace Demo.Exchanges;

/// <summary>How a venue of the demo trades, and how far away it seems.</summary>
internal sealed record VenueProfile
{
    public static readonly IReadOnlyList<VenueProfile> All =
    [
        new()
        {
            Dialect = VenueDialects.Binance, Rate = 20, FeedDelay = Ms(18), RoundTrip = Ms(35), ClockAhead = Ms(12), WeightHeader = "x-mbx-used-weight-1m",
        },
        new() { Dialect = VenueDialects.Bybit, Rate = 12, FeedDelay = Ms(30), RoundTrip = Ms(55), ClockAhead = Ms(-35) },
        new() { Dialect = VenueDialects.Okx, Rate = 10, FeedDelay = Ms(45), RoundTrip = Ms(80), ClockAhead = Ms(90) },
        new() { Dialect = VenueDialects.Hyperliquid, Rate = 5, FeedDelay = Ms(150), RoundTrip = Ms(120) },
    ];

    public required VenueDialect Dialect { get; init; }

    /// <summary>Trades a second, the mean.</summary>
    public required double Rate { get; init; }

    /// <summary>From a trade to its message, the mean.</summary>
    public required TimeSpan FeedDelay { get; init; }

    /// <summary>From a ping to its reply, the mean.</summary>
    public required TimeSpan RoundTrip { get; init; }

    /// <summary>How far the venue's clock is ahead. Default not at all.</summary>
    public TimeSpan ClockAhead { get; init; }

    /// <summary>Header of the time page that tells the request weight used; null for none.</summary>
    public string? WeightHeader { get; init; }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
