namespace Collector.Dashboards.Alerting.Content;

internal static class ExchangeAlerts
{
    private const string Table = "exchange_status";
    private const string Keys = "exchange, channel, host, env";
    private const string Who = "{exchange} {channel}, seen from {host},";
    private const string Rows = "FROM exchange_status WHERE exchange = '{exchange}' AND channel = '{channel}' AND host = '{host}' AND env = '{env}'";

    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    public static AlertGroup Made { get; } = new("Exchanges",
    [
        new("exchange-disconnected", "Exchange disconnected")
        {
            Fires = "the last row says that it is not connected",
            Sql = AlertSql.Latest(Table, Keys, "CASE WHEN connected THEN 0 WHEN state = 'connecting' THEN 1 ELSE 2 END"),
            Limit = Limit.Any,
            States = ["connecting", "disconnected"],
            For = TimeSpan.FromSeconds(20),
            Severity = Severity.Critical,
            Shown = ("exchange", 20),
            Summary = $"{Who} is {{state}}",
            Description = "No data comes in from there. The collector goes on trying by itself.",
            Runbook = "One exchange: its status page and its notices of maintenance. Several at once: this machine's network, its clock, its DNS.",
            RunbookSql = $"SELECT timestamp, state, downtime_seconds, error {Rows} AND timestamp > dateadd('h', -1, now()) LIMIT -20",
        },
        new("exchange-mute", "Exchange mute")
        {
            Fires = "connected, and silent for longer than it may be",
            Sql = AlertSql.Latest(Table, Keys, "CASE WHEN connected AND mute THEN 1 ELSE 0 END"),
            Limit = Limit.Any,
            For = TimeSpan.FromSeconds(30),
            Severity = Severity.Critical,
            Shown = ("exchange", 20),
            Summary = $"{Who} is connected and sends nothing",
            Description = "The socket stands and its peers speak: the subscription is lost, or the venue has stopped its feed.",
            Runbook = "See whether the venue's other channels and its own page move. If they do, the subscription is lost: restart the collector, which subscribes anew and loses no row.",
            RunbookSql = $"SELECT timestamp, last_message_at, message_count_delta, error {Rows} AND timestamp > dateadd('h', -1, now()) LIMIT -20",
        },
        new("exchange-latency", "Exchange latency")
        {
            Fires = "mean round trip over 5 min",
            Sql = AlertSql.Over(Table, Keys, "avg(latency_ms)", FiveMinutes),
            Limit = Limit.Over(AlertLimits.RoundTripMilliseconds, "ms"),
            For = FiveMinutes,
            Severity = Severity.Warning,
            Shown = ("exchange", 22),
            Summary = $"{Who} takes {{value}} ms for a round trip",
            Description = "Mean over 5 minutes; the limit is {limit}.",
            Runbook = "All venues slow: this machine's line or its load. One: its status page; compare with the feed delay.",
            RunbookSql = "SELECT exchange, channel, avg(latency_ms) AS round_trip_ms, avg(feed_delay_ms) AS feed_delay_ms FROM exchange_status WHERE host = '{host}' AND timestamp > dateadd('m', -15, now()) GROUP BY exchange, channel ORDER BY round_trip_ms DESC",
        },
        new("exchange-reconnects", "Exchange reconnects")
        {
            Fires = "connections made again in 1 h",
            Sql = AlertSql.Over(Table, Keys, "sum(reconnect_count_delta)", TimeSpan.FromHours(1)),
            Limit = Limit.Over(AlertLimits.Reconnects),
            Severity = Severity.Warning,
            Shown = ("exchange", 30),
            Summary = $"{Who} has reconnected {{value}} times in an hour",
            Description = "The limit is {limit}. Each time messages may be missing.",
            Runbook = "The text of what ended each connection tells a venue that closes from a line that breaks.",
            RunbookSql = $"SELECT timestamp, state, reconnect_count_delta, error {Rows} AND timestamp > dateadd('h', -1, now()) AND (reconnect_count_delta > 0 OR NOT connected) LIMIT -50",
        },
        new("exchange-rate-limit", "Rate limit")
        {
            Fires = "share of the rate limit used, in the last row",
            Sql = AlertSql.Latest(Table, Keys, "CASE WHEN rate_limit_limit > 0 THEN 100.0 * rate_limit_used / rate_limit_limit END"),
            Limit = Limit.Over(AlertLimits.RateLimitPercent, "%"),
            For = TimeSpan.FromMinutes(1),
            Severity = Severity.Warning,
            Shown = ("exchange", 32),
            Summary = $"{Who} has used {{value}} % of its rate limit",
            Description = "The limit is {limit}. Beyond 100 % the venue refuses requests, and may ban the address.",
            Runbook = "Find who asks more than before: a new symbol, a shorter interval, a second daemon behind the same address.",
            RunbookSql = $"SELECT timestamp, rate_limit_used, rate_limit_limit {Rows} AND timestamp > dateadd('h', -1, now()) LIMIT -100",
        },
    ]);
}
