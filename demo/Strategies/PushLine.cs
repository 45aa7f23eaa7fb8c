namespace Demo.Strategies;

/// <summary>A strategy's numbers as a line of <c>trading_metrics</c>, in InfluxDB line protocol.</summary>
internal static class PushLine
{
    /// <param name="host">The machine's name.</param>
    /// <param name="env">The environment.</param>
    /// <param name="at">UTC, told in nanoseconds.</param>
    public static string Of(string id, StrategyReport report, string host, string env, DateTimeOffset at) => FormattableString.Invariant(
        $"trading_metrics,strategy={Tag(id)},symbol={Tag(report.Symbol)},venue={Tag(report.Venue)},host={Tag(host)},env={Tag(env)},state=live pnl={report.Pnl},unrealized_pnl={report.UnrealizedPnl},equity={report.Equity},position_size={report.PositionSize},exposure={report.Exposure},drawdown_pct={100 * report.Drawdown},orders_placed={report.OrdersPlaced}i,orders_filled={report.OrdersFilled}i,open_orders={report.OpenOrders}i {(at - DateTimeOffset.UnixEpoch).Ticks * 100}\n");

    private static string Tag(string value) =>
        value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(",", @"\,", StringComparison.Ordinal).Replace("=", @"\=", StringComparison.Ordinal).Replace(" ", @"\ ", StringComparison.Ordinal);
}
