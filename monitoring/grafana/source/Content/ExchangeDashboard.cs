using static Collector.Dashboards.Fragments;

namespace Collector.Dashboards.Content;

internal static class ExchangeDashboard
{
    private const string Keys = "exchange, channel, host, env";
    private const string Name = "${__field.labels.exchange}";
    private const string Step = "15s";
    private static readonly string Chosen = Rows("env", "host", "exchange", "channel");
    private static readonly string Now = Current("exchange_status", Keys, Chosen);

    public static Dashboard Made { get; } = new("exchange", "Exchanges", "Are the exchanges connected, do they speak, and how far behind are they?")
    {
        Refresh = "5s",
        Variables = Variable.Of("exchange_status", Keys, "env", "host", "exchange", "channel"),
        Rows =
        [
            new(0, "",
                Shared.About("""
                    **Are the exchanges connected, do they speak, and how far behind are they?** Mute is connected and silent. What a venue gives
                    no means to measure is not drawn.
                    """),
                Shared.Freshness("exchange_status", Chosen)),
            new(100, "Now",
                Tile(10, "Traffic light", "The state of each connection by its last row.", States.OfExchange, Unit.None) with
                {
                    Width = 8, Filled = true, Mappings = States.Exchange,
                },
                Tile(11, "Last message", "Time from the last message that held data to the end of the range.", "datediff('s', last_message_at, $__toTime)", Unit.Seconds) with
                {
                    Empty = "None yet",
                },
                Tile(12, "Down for", "Time since the connection was lost.", "CASE WHEN downtime_seconds IS NULL THEN -1 ELSE downtime_seconds END", Unit.Seconds) with
                {
                    Thresholds = new Thresholds("red"), Mappings = [new("-1", "Up", "green")],
                },
                new Stat(13, "Reconnects", "Connections made again in the range.")
                {
                    Width = 4, Height = 6, Named = true, Thresholds = Limits.Reconnects,
                    Sql = [$"SELECT exchange, sum(reconnect_count_delta) AS reconnects FROM exchange_status WHERE {Chosen} AND exchange IN (SELECT exchange FROM {Now} WHERE state != 'retired') GROUP BY exchange ORDER BY exchange"],
                },
                new BarGauge(14, "Rate limit used", "Requests counted against each venue's limit, of 100 %. Venues that do not tell are left out.")
                {
                    Width = 4, Height = 6, Unit = Unit.Percent, Decimals = 0, Min = 0, Max = 100, Thresholds = Limits.RateLimit,
                    Empty = "No venue tells",
                    Sql =
                    [
                        $"""
                        SELECT exchange, 100.0 * rate_limit_used / rate_limit_limit AS used FROM {Now}
                        WHERE state != 'retired' AND rate_limit_limit > 0 ORDER BY exchange
                        """,
                    ],
                }),
            new(101, "Connections",
                new StateTimeline(20, "Downtime and mute", "The worst state in each bucket. Where nothing is drawn, no row came.")
                {
                    Width = 12, Height = 8, Interval = Step, Mappings = States.Exchange, SeriesName = Name,
                    Sql = [$"{Buckets($"exchange_status WHERE {Chosen} AND state != 'retired'", "exchange", ("worst", $"min({States.OfExchange})"))} ORDER BY time, exchange"],
                },
                new Table(21, "Outages", "Each time that a connection was lost, how long that lasted so far, and why, the newest first.")
                {
                    Width = 12, Height = 8, Empty = "No connection was lost in this range",
                    Overrides =
                    [
                        new("exchange") { Width = 100 },
                        new("lost") { Unit = Unit.Time, Width = 165 },
                        new("lasted") { Unit = Unit.Seconds, Decimals = 0, Width = 80 },
                        new("error") { As = "reason" },
                    ],
                    Sql =
                    [
                        $"""
                        SELECT exchange, disconnected_at AS lost, max(downtime_seconds) AS lasted, last(error) AS error FROM exchange_status
                        WHERE {Chosen} AND disconnected_at IS NOT NULL GROUP BY exchange, disconnected_at ORDER BY lost DESC LIMIT 200
                        """,
                    ],
                }),
            new(102, "Speed",
                Line(22, "Round trip", "Time from a request to its reply, by the venue's own messages; the mean of each bucket.", "latency_ms", "avg(latency_ms)", Unit.Milliseconds, Limits.RoundTrip),
                new TimeSeries(23, "Messages", "Messages received a second, replies to pings left out.")
                {
                    Width = 12, Interval = "1m", Unit = Unit.MessagesPerSecond, Min = 0, SeriesName = Name,
                    Sql = [Rates.Of($"exchange_status WHERE {Chosen} AND message_count_delta IS NOT NULL", "exchange", "message_count_delta", Rates.PerSecond)],
                },
                new TimeSeries(24, "Feed delay of ${exchange}", "From event to arrival, corrected by the clock's skew. The band is as wide as the skew is uncertain.")
                {
                    Width = 6, Height = 7, Interval = "30s", Unit = Unit.Milliseconds, Repeat = "exchange", SeriesName = "${__field.name}",
                    Empty = "No event of this venue in this range tells its time",
                    Overrides =
                    [
                        new("delay") { Color = "blue" },
                        new("upper") { Color = "blue", Edge = true, FillDownTo = "lower" },
                        new("lower") { Color = "blue", Edge = true },
                    ],
                    Sql =
                    [
                        Buckets(
                            $$"""exchange_status WHERE {{Rows("env", "host", "channel")}} AND exchange = '${exchange:raw}' AND feed_delay_ms IS NOT NULL""", "",
                            ("delay", "avg(feed_delay_ms)"), ("upper", "avg(feed_delay_ms + clock_error_ms)"), ("lower", "avg(feed_delay_ms - clock_error_ms)"))
                        + " ORDER BY time",
                    ],
                }),
            new(103, "Details",
                Line(30, "Reconnects over time", "Connections made again, in each bucket.", "reconnect_count_delta", "sum(reconnect_count_delta)", Unit.Count) with
                {
                    Interval = "1m", Bars = true,
                },
                Line(31, "Downtime", "How long each connection has been lost, while it is.", "downtime_seconds", "max(downtime_seconds)", Unit.Seconds) with
                {
                    Empty = "No connection was lost in this range",
                },
                Line(32, "Rate limit over time", "Requests counted against the venue's limit, of 100 %, the highest in each bucket.", "rate_limit_limit", "max(100.0 * rate_limit_used / rate_limit_limit)", Unit.Percent, Limits.RateLimit),
                Line(33, "Clock skew", "The venue's clock minus this machine's. Feed delay is corrected by it.", "clock_skew_ms", "avg(clock_skew_ms)", Unit.Milliseconds) with { Min = null },
                Line(34, "Uncertainty of the skew", "To either side. It is half of the quickest round trip.", "clock_error_ms", "avg(clock_error_ms)", Unit.Milliseconds),
                Line(35, "Silence", "Time since the last message that held data, the longest in each bucket.", "last_message_at", "max(datediff('s', last_message_at, timestamp))", Unit.Seconds)),
        ],
    };

    private static Stat Tile(int id, string title, string description, string value, Unit unit) => new(id, title, description)
    {
        Width = 4,
        Height = 6,
        Named = true,
        Unit = unit,
        Decimals = unit == Unit.None ? null : 0,
        Sql = [$"SELECT exchange, {value} AS value FROM {Now} WHERE state != 'retired' ORDER BY exchange"],
    };

    /// <param name="column">A venue that gives no means to measure this is no series.</param>
    private static TimeSeries Line(int id, string title, string description, string column, string value, Unit unit, Thresholds? limits = null) => new(id, title, description)
    {
        Width = id < 30 ? 12 : 8,
        Interval = Step,
        Unit = unit,
        Min = 0,
        Thresholds = limits,
        SeriesName = Name,
        Sql = [$"{Buckets($"exchange_status WHERE {Chosen} AND {column} IS NOT NULL", "exchange", ("value", value))} ORDER BY time, exchange"],
    };
}
