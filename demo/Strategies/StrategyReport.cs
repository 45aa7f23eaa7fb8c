using System.Text.Json.Serialization;

namespace Demo.Strategies;

/// <summary>One strategy on the page <c>GET /strategies</c>, by its id. Amounts are in the quote currency.</summary>
internal sealed record StrategyReport
{
    public required string Symbol { get; init; }

    public required string Venue { get; init; }

    /// <summary>Realised.</summary>
    public required double Pnl { get; init; }

    public required double UnrealizedPnl { get; init; }

    /// <summary>Negative when short.</summary>
    public required double PositionSize { get; init; }

    /// <summary>Since the start.</summary>
    public required long OrdersPlaced { get; init; }

    /// <summary>Since the start.</summary>
    public required long OrdersFilled { get; init; }

    public required double Exposure { get; init; }

    /// <summary>Fall of the equity from its peak, 0 to 1; left out by strategies that do not tell it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required double? Drawdown { get; init; }

    public required int OpenOrders { get; init; }

    /// <summary>Left out by strategies that do not tell it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required double? Equity { get; init; }
}
