namespace Collector.Dashboards.Alerting.Content;

internal static class TradingAlerts
{
    private const string Table = "trading_metrics";
    private const string Keys = "strategy, symbol, venue, host, env";
    private const string Who = "Strategy {strategy}{ venue}{ symbol} on {host}";
    private const string Rows = "FROM trading_metrics WHERE strategy = '{strategy}' AND symbol = '{symbol}' AND venue = '{venue}' AND host = '{host}' AND env = '{env}'";

    public static AlertGroup Made { get; } = new("Trading",
    [
        Drawdown("drawdown", "Drawdown", AlertLimits.DrawdownPercent, Severity.Warning),
        Drawdown("drawdown-critical", "Drawdown, critical", AlertLimits.DrawdownPercentCritical, Severity.Critical),
        new("fill-rate", "Fill rate")
        {
            Fires = $"orders filled of those placed over 1 h, where there are {AlertLimits.FillOrders} or more",
            Sql = AlertSql.Over(Table, Keys, $"CASE WHEN sum(orders_placed_delta) >= {AlertLimits.FillOrders} THEN 100.0 * sum(orders_filled_delta) / sum(orders_placed_delta) END", TimeSpan.FromHours(1)),
            Limit = Limit.Under(AlertLimits.FillPercent, "%"),
            For = TimeSpan.FromMinutes(5),
            Severity = Severity.Warning,
            Shown = ("trading", 27),
            Summary = $"{Who} fills {{value}} % of its orders",
            Description = "Over the last hour; the limit is {limit}.",
            Runbook = "Compare with the venue's latency and feed delay: quotes that are late are not filled. Then its prices against the market.",
            RunbookSql = $"SELECT timestamp, sum(orders_placed_delta) AS placed, sum(orders_filled_delta) AS filled {Rows} AND timestamp > dateadd('h', -6, now()) SAMPLE BY 15m",
        },
    ]);

    /// <summary>The last value that was told: a strategy that falls silent has not recovered.</summary>
    private static AlertRule Drawdown(string name, string title, double limit, Severity severity) => new(name, title)
    {
        Fires = "the last drawdown that was told",
        Sql = AlertSql.Over(Table, Keys, "last_not_null(drawdown_pct)", TimeSpan.FromHours(AlertLimits.LivingHours)),
        Limit = Limit.Over(limit, "%"),
        Decimals = 1,
        For = TimeSpan.FromSeconds(10),
        Severity = severity,
        Shown = ("trading", 21),
        Summary = $"{Who} is {{value}} % below its peak",
        Description = "The limit is {limit}.",
        Runbook = "Ask whose strategy it is before you stop it. A withdrawal looks like a loss too.",
        RunbookSql = $"SELECT timestamp, last(drawdown_pct) AS drawdown_pct, last(equity) AS equity, last(exposure) AS exposure, last(state) AS state {Rows} AND timestamp > dateadd('h', -6, now()) SAMPLE BY 5m",
    };
}
