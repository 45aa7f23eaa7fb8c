using System.Globalization;

namespace Demo.Strategies;

/// <summary>A strategy's numbers as a line of <c>trading_metrics</c>, in InfluxDB line protocol; what it does not tell is left out.</summary>
internal static class PushLine
{
    /// <param name="host">The machine's name.</param>
    /// <param name="env">The environment.</param>
    /// <param name="at">UTC, told in nanoseconds.</param>
    public static string Of(string id, StrategyReport report, string host, string env, DateTimeOffset at)
    {
        string tags = string.Join(',', Tag("strategy", id), Tag("symbol", report.Symbol), Tag("venue", report.Venue), Tag("host", host), Tag("env", env), Tag("state", "live"));
        string?[] fields =
        [
            Number("pnl", report.Pnl), Number("unrealized_pnl", report.UnrealizedPnl), Number("equity", report.Equity),
            Number("position_size", report.PositionSize), Number("exposure", report.Exposure), Number("drawdown_pct", 100 * report.Drawdown),
            Count("orders_placed", report.OrdersPlaced), Count("orders_filled", report.OrdersFilled), Count("open_orders", report.OpenOrders),
        ];
        return $"trading_metrics,{tags} {string.Join(',', fields.OfType<string>())} {(at - DateTimeOffset.UnixEpoch).Ticks * 100}\n";
    }

    private static string Tag(string name, string value) =>
        $"{name}={value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(",", @"\,", StringComparison.Ordinal).Replace("=", @"\=", StringComparison.Ordinal).Replace(" ", @"\ ", StringComparison.Ordinal)}";

    private static string? Number(string name, double? value) => value is { } number ? $"{name}={Math.Round(number, 4).ToString(CultureInfo.InvariantCulture)}" : null;

    private static string Count(string name, long value) => $"{name}={value}i";
}
