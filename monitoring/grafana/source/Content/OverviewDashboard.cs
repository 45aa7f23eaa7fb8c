using static Collector.Dashboards.Fragments;

namespace Collector.Dashboards.Content;

internal static class OverviewDashboard
{
    private static readonly string Chosen = Rows("env", "host");
    private static readonly string Daemons = Current("daemon_metrics", "daemon, host, env", Chosen);
    private static readonly string Exchanges = Current("exchange_status", "exchange, channel, host, env", Chosen);
    private static readonly string Pipelines = Current("pipeline_metrics", "exchange, symbol, data_type, host, env", Chosen);
    private static readonly string Strategies = Current("trading_metrics", "strategy, symbol, venue, host, env", Chosen);
    private static readonly string Sources = Current("source_status", "collector, source, host, env", Chosen);
    private static readonly string Machines = Current("host_metrics", "host, env", Chosen);

    public static Dashboard Made { get; } = new("overview", "Overview", "Is everything up, and is it earning?")
    {
        Variables = Variable.Of("collector_status", null, "env", "host"),
        Rows =
        [
            new(0, "",
                Shared.About("""
                    **Is everything up, and is it earning?** Zeros and green are good. Click a tile to look closer; the links above lead on.
                    """),
                Shared.Freshness("collector_status", Chosen),
                Count(10, "Daemons down", "Daemons whose last row in the range says anything but running.", "health",
                    $"SELECT sum(CASE WHEN state != 'running' THEN 1 ELSE 0 END) AS n FROM {Daemons} WHERE state != 'retired'"),
                Count(11, "Exchanges down", "Connections whose last row says anything but connected or mute.", "exchange",
                    $"SELECT sum(CASE WHEN connected THEN 0 ELSE 1 END) AS n FROM {Exchanges} WHERE state != 'retired'"),
                Count(12, "Exchanges mute", "Connected, and silent for longer than they may be.", "exchange",
                    $"SELECT sum(CASE WHEN mute THEN 1 ELSE 0 END) AS n FROM {Exchanges} WHERE state != 'retired'"),
                Count(13, "Pipelines with a gap", "Series that miss records, by their last row in the range.", "pipeline",
                    $"SELECT sum(CASE WHEN gap_detected THEN 1 ELSE 0 END) AS n FROM {Pipelines}"),
                Count(14, "Strategies stale", "Strategies that no longer report; what they last said stands on the trading dashboard.", "trading",
                    $"SELECT sum(CASE WHEN state = 'stale' THEN 1 ELSE 0 END) AS n FROM {Strategies} WHERE state != 'retired'"),
                Count(15, "Sources down", "Sources of the collector whose last run brought no reading.", "collector",
                    $"SELECT sum(CASE WHEN up THEN 0 ELSE 1 END) AS n FROM {Sources}")),
            new(100, "Now",
                new Stat(20, "Daemons", "The state of each daemon by its last row.")
                {
                    Width = 6, Height = 7, Named = true, Filled = true, Mappings = States.Daemon,
                    Link = Links.To("health", "daemon=${__data.fields.daemon}"),
                    Sql = [$"SELECT daemon, {States.OfDaemon} AS state FROM {Daemons} WHERE state != 'retired' ORDER BY daemon"],
                },
                new Stat(21, "Exchanges", "The state of each connection by its last row.")
                {
                    Width = 6, Height = 7, Named = true, Filled = true, Mappings = States.Exchange,
                    Link = Links.To("exchange", "exchange=${__data.fields.exchange}"),
                    Sql = [$"SELECT exchange, {States.OfExchange} AS state FROM {Exchanges} WHERE state != 'retired' ORDER BY exchange"],
                },
                new Stat(22, "Profit and loss", "Realised and unrealised together, for each strategy by its last row, in the account's currency.")
                {
                    Width = 6, Height = 7, Named = true, Unit = Unit.Quote, Decimals = 0, Thresholds = Thresholds.Profit, Empty = "Not told",
                    Link = Links.To("trading", "strategy=${__data.fields.strategy}"),
                    Sql = [$"SELECT strategy, sum(pnl + unrealized_pnl) AS total FROM {Strategies} WHERE state != 'retired' GROUP BY strategy ORDER BY strategy"],
                },
                new BarGauge(23, "Machines", "Processor, memory and the fullest disk of each machine, of 100 %.")
                {
                    Width = 6, Height = 7, Unit = Unit.Percent, Decimals = 0, Min = 0, Max = 100, Thresholds = Limits.Share,
                    Link = Links.To("host"),
                    Sql =
                    [
                        $"""
                        SELECT host, cpu_percent AS CPU, 100.0 * memory_used_bytes / memory_total_bytes AS memory,
                               100.0 * disk_used_bytes / disk_total_bytes AS disk
                        FROM {Machines} ORDER BY host
                        """,
                    ],
                }),
            new(101, "Over time",
                new StateTimeline(30, "State of everything", "The worst state in each bucket. Where nothing is drawn, no row came: look at the collector.")
                {
                    Width = 16, Height = 11, Interval = "1m", Mappings = States.Any, SeriesName = "${__field.labels.part}",
                    Sql = [Everything()],
                },
                new AlertList(31, "Open alerts", "Alerts that fire, are about to, or cannot be evaluated, the worst first. Each leads to its panel.")
                {
                    Width = 8, Height = 11,
                },
                new Table(32, "Pipelines", "What arrived in the range, by exchange and kind of data, those with gaps first.")
                {
                    Width = 14, Height = 9,
                    Overrides =
                    [
                        new("exchange") { Link = Links.To("pipeline", "exchange=${__value.text}") },
                        new("records") { Unit = Unit.Count },
                        new("latency_ms") { As = "latency", Unit = Unit.Milliseconds, Decimals = 0, Coloured = true, Thresholds = Limits.PipelineLatency },
                        new("gaps") { As = "gaps now", Coloured = true, Thresholds = Thresholds.NoneAllowed },
                        new("newest") { Unit = Unit.Ago },
                    ],
                    Sql =
                    [
                        $"""
                        SELECT r.exchange, r.data_type AS data, r.records, r.latency_ms, g.gaps, r.newest FROM (
                          SELECT exchange, data_type, sum(records_count) AS records, avg(latency_ms) AS latency_ms, max(timestamp) AS newest
                          FROM pipeline_metrics WHERE {Chosen} GROUP BY exchange, data_type
                        ) r JOIN (
                          SELECT exchange, data_type, sum(CASE WHEN gap_detected THEN 1 ELSE 0 END) AS gaps
                          FROM {Pipelines} GROUP BY exchange, data_type
                        ) g ON r.exchange = g.exchange AND r.data_type = g.data_type
                        ORDER BY g.gaps DESC, r.exchange, r.data_type
                        """,
                    ],
                },
                new Table(33, "Collectors", "Each collector and its database by its last row.")
                {
                    Width = 10, Height = 9,
                    Overrides =
                    [
                        new("collector") { Link = Links.To("collector", "collector=${__value.text}") },
                        new("ready") { Coloured = true, Mappings = States.Ready },
                        new("database") { Coloured = true, Mappings = States.Database },
                        new("pending") { Unit = Unit.Count },
                        new("spool") { Unit = Unit.Percent, Decimals = 1, Coloured = true, Thresholds = Limits.SpoolShare },
                        new("visible") { As = "visible after", Unit = Unit.Seconds, Coloured = true, Thresholds = Limits.WriteToVisible },
                    ],
                    Sql =
                    [
                        $"""
                        SELECT collector, {States.OfCollector} AS ready, {States.OfDatabase} AS database, pending,
                               100.0 * spool_bytes / spool_limit_bytes AS spool, write_to_visible_seconds AS visible
                        FROM {Current("collector_status", "collector, host, env", Chosen)} ORDER BY collector
                        """,
                    ],
                }),
        ],
    };

    private static Stat Count(int id, string title, string description, string leadsTo, string sql) => new(id, title, description)
    {
        Width = 4,
        Height = 4,
        Thresholds = Thresholds.NoneAllowed,
        Link = Links.To(leadsTo),
        Sql = [sql],
    };

    private static string Everything()
    {
        (string Kind, string Name, string Table, string State, string And)[] parts =
        [
            ("Collector", "collector", "collector_status", States.OfCollector, ""),
            ("Daemon", "daemon", "daemon_metrics", States.OfDaemon, " AND state != 'retired'"),
            ("Exchange", "exchange", "exchange_status", States.OfExchange, " AND state != 'retired'"),
            ("Pipeline", "exchange", "pipeline_metrics", States.OfPipeline, ""),
            ("Strategy", "strategy", "trading_metrics", States.OfStrategy, $" AND state != 'retired' AND {WhileShort}"),
            ("Strategy", "strategy", "trading_metrics_1m", "CASE WHEN rows_stale > 0 THEN 1 ELSE 3 END", $" AND {WhileLong}"),
        ];
        IEnumerable<string> queries = parts.Select(part => $"""
            SELECT time, concat('{part.Kind} ', {part.Name}) AS part, worst FROM (
            {Buckets($"{part.Table} WHERE {Chosen}{part.And}", part.Name, ("worst", $"min({part.State})"))})
            """);
        return $"SELECT time, part, worst FROM (\n{string.Join("\nUNION ALL\n", queries)}\n) ORDER BY time, part";
    }
}
