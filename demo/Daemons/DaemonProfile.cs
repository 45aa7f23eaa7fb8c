namespace Demo.Daemons;

/// <summary>How a daemon of the demo works: what it fetches and how often, and what else befalls it.</summary>
internal sealed record DaemonProfile
{
    /// <summary>Fetches open interest and funding rates of two symbols: 4 fetches at its start, and 26 an hour.</summary>
    public static readonly DaemonProfile OiFetcher = new()
    {
        Fetches = [new(DataTypes.OpenInterest, TimeSpan.FromMinutes(5)), new(DataTypes.Funding, TimeSpan.FromHours(1))],
        Memory = 180_000_000,
    };

    /// <summary>Fetches nothing, and is told liquidations.</summary>
    public static readonly DaemonProfile LiquidationStreamer = new()
    {
        Name = "liquidation-streamer",
        MeanLiquidationInterval = TimeSpan.FromSeconds(90),
        Memory = 95_000_000,
    };

    public string Name { get; init; } = "oi-fetcher";

    /// <summary>The symbols it is about.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = ["BTCUSDT", "ETHUSDT"];

    /// <summary>The exchanges; a fetch asks all of them.</summary>
    public IReadOnlyList<string> Exchanges { get; init; } = ["binance", "bybit", "okx", "hyperliquid"];

    /// <summary>What is fetched of each symbol, at the start and then by its interval. Default nothing.</summary>
    public IReadOnlyList<FetchPlan> Fetches { get; init; } = [];

    /// <summary>Mean time between two liquidations of all symbols and exchanges. Default none at all.</summary>
    public TimeSpan? MeanLiquidationInterval { get; init; }

    /// <summary>Share of the fetches that fail at first and succeed when repeated. Default 0.05.</summary>
    public double FirstTryFailures { get; init; } = 0.05;

    /// <summary>Bytes of memory it tells; simulated, so that it can grow without being taken from the machine.</summary>
    public long Memory { get; init; }

    /// <summary>The series whose records it gathers.</summary>
    public IEnumerable<Series> Series =>
        from dataType in Fetches.Select(fetch => fetch.DataType).Concat(MeanLiquidationInterval is null ? [] : [DataTypes.Liquidation])
        from exchange in Exchanges
        from symbol in Symbols
        select new Series(exchange, symbol, dataType);
}

/// <param name="Interval">Operating time between two fetches of a symbol.</param>
internal sealed record FetchPlan(string DataType, TimeSpan Interval);
