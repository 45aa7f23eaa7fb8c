namespace Collector.IntegrationTests.Grafana.Alerts;

/// <summary>A case for each rule.</summary>
internal static class AlertCases
{
    /// <summary>A collector that speaks, and has nothing to complain of.</summary>
    public const string Collector = "main";

    /// <summary>A row that is the latest.</summary>
    public static readonly TimeSpan Now = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Earlier = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan MinutesAgo = TimeSpan.FromMinutes(3);

    public static IReadOnlyList<AlertCase> All { get; } =
    [
        Daemon(
            "daemon-down",
            [Row(Earlier, ("running", true), ("state", "running")), Row(Now, ("running", false), ("state", "unreachable"))],
            [Row(Earlier, ("running", false), ("state", "stopped")), Row(Now, ("running", false), ("state", "unknown"))],
            [Row(Now, ("running", true))],
            "Daemon daemon-down.fires on h1 is unreachable"),
        Daemon(
            "daemon-unknown",
            [Row(Earlier, ("running", true), ("state", "running")), Row(Now, ("running", false), ("state", "unknown"))],
            [Row(Earlier, ("running", false), ("state", "unknown")), Row(Now, ("running", false), ("state", "stopped"))],
            [Row(Now, ("running", true))],
            "Daemon daemon-unknown.fires on h1 does not say whether it runs"),
        Daemon("daemon-memory", Running("memory_bytes", 900_000_000L), Running("memory_bytes", 800_000_000L), Running("thread_count", 1L), "Daemon daemon-memory.fires on h1 holds 900 MB of memory"),
        Daemon("daemon-memory-critical", Running("memory_bytes", 1_300_000_000L), Running("memory_bytes", 1_200_000_000L), Running("thread_count", 1L), "Daemon daemon-memory-critical.fires on h1 holds 1300 MB of memory"),
        Daemon(
            "daemon-errors",
            [.. Running("error_count_delta", 20L, MinutesAgo), .. Running("error_count_delta", 10L)],
            [.. Running("error_count_delta", 100L, TimeSpan.FromMinutes(6)), .. Running("error_count_delta", 25L)],
            Running("thread_count", 1L),
            "Daemon daemon-errors.fires on h1 has 6.0 errors a minute"),
        Daemon(
            "daemon-restarting",
            [.. Running("restart_count_delta", 3L, TimeSpan.FromMinutes(14)), .. Running("restart_count_delta", 1L)],
            [.. Running("restart_count_delta", 9L, TimeSpan.FromMinutes(16)), .. Running("restart_count_delta", 3L)],
            Running("thread_count", 1L),
            "Daemon daemon-restarting.fires on h1 keeps restarting"),

        Exchange(
            "exchange-disconnected",
            [Row(Earlier, ("connected", true), ("state", "connected")), Row(Now, ("connected", false), ("state", "disconnected"))],
            [Row(Earlier, ("connected", false), ("state", "disconnected")), Row(Now, ("connected", true), ("mute", false), ("state", "connected"))],
            [Row(Now, ("connected", true))],
            "exchange-disconnected.fires trades, seen from h1, is disconnected"),
        Exchange(
            "exchange-mute",
            [Row(Now, ("connected", true), ("mute", true), ("state", "mute"))],
            [Row(Earlier, ("connected", true), ("mute", true), ("state", "mute")), Row(Now, ("connected", false), ("mute", true), ("state", "disconnected"))],
            [Row(Now, ("connected", true))],
            "exchange-mute.fires trades, seen from h1, is connected and sends nothing"),
        Exchange(
            "exchange-latency",
            [.. Connected("latency_ms", 200.0, MinutesAgo), .. Connected("latency_ms", 420.0)],
            [.. Connected("latency_ms", 900.0, TimeSpan.FromMinutes(6)), .. Connected("latency_ms", 300.0)],
            Connected("message_count", 1L),
            "exchange-latency.fires trades, seen from h1, takes 310 ms for a round trip"),
        Exchange(
            "exchange-reconnects",
            [.. Connected("reconnect_count_delta", 5L, TimeSpan.FromMinutes(59)), .. Connected("reconnect_count_delta", 1L)],
            [.. Connected("reconnect_count_delta", 9L, TimeSpan.FromMinutes(61)), .. Connected("reconnect_count_delta", 5L)],
            Connected("message_count", 1L),
            "exchange-reconnects.fires trades, seen from h1, has reconnected 6 times in an hour"),
        Exchange(
            "exchange-rate-limit",
            [Row(Now, ("connected", true), ("state", "connected"), ("rate_limit_used", 1100L), ("rate_limit_limit", 1200L))],
            [Row(Now, ("connected", true), ("state", "connected"), ("rate_limit_used", 1080L), ("rate_limit_limit", 1200L))],
            [Row(Now, ("connected", true), ("state", "connected"), ("rate_limit_used", 1100L), ("rate_limit_limit", 0L))],
            "exchange-rate-limit.fires trades, seen from h1, has used 92 % of its rate limit"),

        Gap("pipeline-gap", Open(500, 300), [Row(TimeSpan.FromMinutes(9), Gapped("open", 500, 300)), Row(Now, Gapped("closed", 520, 300))], "oi of pipeline-gap.fires BTC, seen from h1, has a gap"),
        Gap("pipeline-gap-large", Open(700, 300), Open(600, 300), "oi of pipeline-gap-large.fires BTC, seen from h1, is 400 s late"),
        Gap("pipeline-silent", Open(960, 300), Open(900, 300), "oi of pipeline-silent.fires BTC, seen from h1, has been silent for 3.2 intervals"),
        new(
            "pipeline-latency", "pipeline_metrics", "exchange",
            [Row(MinutesAgo, ("latency_ms", 400.0)), Row(Now, ("latency_ms", 700.0))],
            [Row(TimeSpan.FromMinutes(6), ("latency_ms", 900.0)), Row(Now, ("latency_ms", 500.0))],
            [Row(Now, ("gap_detected", true))],
            "oi of pipeline-latency.fires BTC, seen from h1, takes 550 ms from fetch to storage"),

        // A strategy that falls silent has not recovered: its stale row tells no number.
        Strategy(
            "drawdown",
            [Row(MinutesAgo, ("drawdown_pct", 7.25), ("state", "live")), Row(Now, ("state", "stale"))],
            [Row(MinutesAgo, ("drawdown_pct", 9.0), ("state", "live")), Row(Now, ("drawdown_pct", 5.0), ("state", "live"))],
            "Strategy drawdown.fires binance BTC on h1 is 7.2 % below its peak"),
        Strategy("drawdown-critical", [Row(Now, ("drawdown_pct", 12.5))], [Row(Now, ("drawdown_pct", 10.0))], "Strategy drawdown-critical.fires binance BTC on h1 is 12.5 % below its peak"),
        Strategy(
            "fill-rate",
            [Row(TimeSpan.FromMinutes(50), Orders(9, 4)), Row(Now, Orders(11, 4))],
            [Row(TimeSpan.FromMinutes(61), Orders(100, 0)), Row(Now, Orders(20, 10))],
            "Strategy fill-rate.fires binance BTC on h1 fills 40 % of its orders") with { Nothing = [Row(Now, Orders(9, 0))] },

        Machine("disk", 900, 850, "The fullest disk of disk.fires is 90.0 % full"),
        Machine("disk-critical", 960, 950, "The fullest disk of disk-critical.fires is 96.0 % full"),

        Status(
            "collector-silent",
            // What it said last is bad enough for all other rules, and none of them may take it for news.
            [
                Row(TimeSpan.FromSeconds(50), ("spool_bytes", 1_000L), ("spool_limit_bytes", 1_000_000L)),
                Row(TimeSpan.FromSeconds(35), ("database", "suspended"), ("remainder", 5L), ("dropped_delta", 7L), ("spool_bytes", 900_000L), ("spool_limit_bytes", 1_000_000L), ("write_to_visible_seconds", 60.0)),
            ],
            [Row(TimeSpan.FromSeconds(30), ("database", "ok"))],
            "Collector collector-silent.fires on h1 is silent"),
        new(
            "source-down", "source_status", "source", [Row(Earlier, ("up", true)), Row(Now, ("up", false))], [Row(Earlier, ("up", false)), Row(Now, ("up", true))], [Row(Now, ("up", true))],
            "Source source-down.fires of collector main on h1 reads nothing"),
        Status(
            "rows-dropped",
            [Row(MinutesAgo, ("dropped_delta", 4L)), Row(Now, ("dropped_delta", 0L))],
            [Row(TimeSpan.FromMinutes(6), ("dropped_delta", 4L)), Row(Now, ("dropped_delta", 0L))],
            "Collector rows-dropped.fires on h1 has dropped 4 rows"),
        Status("books-remainder", [Row(Now, ("remainder", -3L))], [Row(Earlier, ("remainder", 3L)), Row(Now, ("remainder", 0L))], "The books of collector books-remainder.fires on h1 lack 3 rows"),
        Spool("spool-full", 250_000, 240_000, "The spool of collector spool-full.fires on h1 is full in 11.8 h"),
        Spool("spool-full-critical", 800_000, 700_000, "The spool of collector spool-full-critical.fires on h1 is full in 3.6 h"),
        Status("table-suspended", [Row(Now, ("database", "suspended"))], [Row(Earlier, ("database", "suspended")), Row(Now, ("database", "ok"))], "A table of the database of collector table-suspended.fires on h1 is suspended"),
        Status(
            "write-to-visible",
            [Row(TimeSpan.FromSeconds(45), ("write_to_visible_seconds", 2.0)), Row(Now, ("write_to_visible_seconds", 9.0))],
            [Row(TimeSpan.FromSeconds(70), ("write_to_visible_seconds", 60.0)), Row(Now, ("write_to_visible_seconds", 5.0))],
            "The rows of collector write-to-visible.fires on h1 are seen only after 5.5 s"),
    ];

    /// <summary>Collectors that do not speak.</summary>
    public static AlertCase Silent => Of("collector-silent");

    public static AlertCase Of(string rule) => All.FirstOrDefault(one => one.Rule == rule) ?? throw new InvalidOperationException($"the rule {rule} has no case that proves it");

    private static CaseRow Row(TimeSpan ago, params (string Column, object Value)[] values) => new(ago, values);

    private static AlertCase Daemon(string rule, CaseRow[] bad, CaseRow[] good, CaseRow[] nothing, string says) => new(rule, "daemon_metrics", "daemon", bad, good, nothing, says);

    private static CaseRow[] Running(string column, object value, TimeSpan? ago = null) => [Row(ago ?? Now, ("running", true), ("state", "running"), (column, value))];

    private static AlertCase Exchange(string rule, CaseRow[] bad, CaseRow[] good, CaseRow[] nothing, string says) => new(rule, "exchange_status", "exchange", bad, good, nothing, says);

    private static CaseRow[] Connected(string column, object value, TimeSpan? ago = null) => [Row(ago ?? Now, ("connected", true), ("state", "connected"), (column, value))];

    private static AlertCase Gap(string rule, CaseRow[] bad, CaseRow[] good, string says) => new(rule, "data_gaps", "exchange", bad, good, [Row(Now, ("missing_records", 3L))], says);

    private static CaseRow[] Open(double duration, double expected) => [Row(Now, Gapped("open", duration, expected))];

    private static (string, object)[] Gapped(string state, double duration, double expected) => [("state", state), ("duration_seconds", duration), ("expected_interval_seconds", expected)];

    private static AlertCase Strategy(string rule, CaseRow[] bad, CaseRow[] good, string says) => new(rule, "trading_metrics", "strategy", bad, good, [Row(Now, ("pnl", 1.0))], says);

    private static (string, object)[] Orders(long placed, long filled) => [("orders_placed_delta", placed), ("orders_filled_delta", filled)];

    private static AlertCase Machine(string rule, long bad, long good, string says) => new(rule, "host_metrics", "host", Disk(bad, 1000), Disk(good, 1000), Disk(900, 0), says);

    private static CaseRow[] Disk(long used, long total) => [Row(Now, ("disk_used_bytes", used), ("disk_total_bytes", total))];

    private static AlertCase Status(string rule, CaseRow[] bad, CaseRow[] good, string says) => new(rule, "collector_status", "collector", bad, good, [Row(Now, ("memory_bytes", 1L))], says);

    /// <summary>A spool of 20 MB that grows by so much in 10 minutes; one that is nearly empty breathes.</summary>
    private static AlertCase Spool(string rule, long bad, long good, string says) =>
        Status(rule, Filling(2_000_000, bad), Filling(2_000_000, good), says) with { Nothing = Filling(0, 1_000_000) };

    private static CaseRow[] Filling(long from, long by) =>
        [Row(Now + TimeSpan.FromMinutes(10), SpoolOf(from)), Row(Now, SpoolOf(from + by))];

    private static (string, object)[] SpoolOf(long bytes) => [("spool_bytes", bytes), ("spool_limit_bytes", 20_000_000L)];
}
