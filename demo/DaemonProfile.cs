namespace Demo;

/// <summary>How the demo's daemon works: what it fetches and how often, and what else befalls it.</summary>
internal sealed record DaemonProfile
{
    /// <summary>The symbols fetched.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = ["BTCUSDT", "ETHUSDT"];

    /// <summary>The exchanges they are fetched from, all in one fetch.</summary>
    public IReadOnlyList<string> Exchanges { get; init; } = ["binance", "bybit", "okx", "hyperliquid"];

    /// <summary>Time between two fetches of a symbol's open interest. Default 5 minutes.</summary>
    public TimeSpan OpenInterestInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Time between two fetches of a symbol's funding rate. Default 1 hour.</summary>
    public TimeSpan FundingInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Mean time between two liquidations. Default 90 seconds.</summary>
    public TimeSpan MeanLiquidationInterval { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Share of the fetches that fail at first and succeed when repeated. Default 0.05.</summary>
    public double FirstTryFailures { get; init; } = 0.05;
}
