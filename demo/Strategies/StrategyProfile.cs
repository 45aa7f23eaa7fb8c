namespace Demo.Strategies;

/// <summary>What a strategy of the demo trades, and what it tells of itself.</summary>
internal sealed record StrategyProfile
{
    public static readonly IReadOnlyList<StrategyProfile> Polled =
    [
        new() { Id = "momentum-btc", Symbol = "BTCUSDT", Venue = "binance", Price = 97_000, Capital = 250_000, OrdersASecond = 0.25 },
        new() { Id = "maker-eth", Symbol = "ETHUSDT", Venue = "bybit", Price = 3_400, Capital = 120_000, OrdersASecond = 1.5, TellsDrawdown = false },
        new()
        {
            Id = "basis-btc", Symbol = "BTCUSDT", Venue = "okx", Price = 97_100, Capital = 400_000,
            OrdersASecond = 0.05, TellsDrawdown = false, TellsEquity = false,
        },
    ];

    /// <summary>The one that pushes its numbers, when it is told where to.</summary>
    public static readonly StrategyProfile Pushed = new()
    {
        Id = "carry-eth",
        Symbol = "ETHUSDT",
        Venue = "hyperliquid",
        Price = 3_405,
        Capital = 80_000,
        OrdersASecond = 0.1,
    };

    public required string Id { get; init; }

    public required string Symbol { get; init; }

    public required string Venue { get; init; }

    /// <summary>The symbol's price at the start.</summary>
    public required double Price { get; init; }

    /// <summary>What it starts with.</summary>
    public required double Capital { get; init; }

    /// <summary>Orders placed a second, the mean.</summary>
    public required double OrdersASecond { get; init; }

    /// <summary>Whether it tells its drawdown. Default true.</summary>
    public bool TellsDrawdown { get; init; } = true;

    /// <summary>Whether it tells its equity. Default true.</summary>
    public bool TellsEquity { get; init; } = true;
}
