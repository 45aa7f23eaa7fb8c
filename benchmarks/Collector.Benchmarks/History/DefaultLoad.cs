using static Collector.Benchmarks.History.HistoryTable;

namespace Collector.Benchmarks.History;

/// <summary>
/// What a collector writes that watches a small operation with the default intervals: 2 daemons, 4 exchanges with a channel each,
/// 24 pipeline series and their files, 3 strategies, a machine, 500 scraped series; and its own state. Now and then something fails, as
/// in an operation it does.
/// </summary>
internal static class DefaultLoad
{
    // Seconds within a cycle, each of another length: what happens at its beginning happens seldom, and at other times in each series.
    private const string Life = "((s + i * 40000) % 260000)";
    private const string Link = "((s + i * 17000) % 68400)";
    private const string Silence = "((s + i * 29000) % 91000)";
    private const string Gap = "((s + i * 18000) % 432000)";
    private const string Outage = "(s % 700000)";

    private const string Unreachable = $"{Life} < 120";
    private const string Failing = "(s + i * 9000) % 30000 < 240";
    private const string Cut = $"{Link} < 180";
    private const string Mute = $"{Link} >= 180 AND {Silence} < 90";
    private const string Missing = $"i % 3 < 2 AND {Gap} < 1200";
    private const string Away = $"{Outage} < 900";

    private const string FourExchanges = "WHEN 0 THEN 'binance' WHEN 1 THEN 'bybit' WHEN 2 THEN 'okx' ELSE 'dydx' END";
    private static readonly string Exchange = $"CASE i / 6 {FourExchanges}";
    private static readonly (string, string)[] Place = [("host", "'trade-1'"), ("env", "'prod'")];

    private static readonly (string, string)[] Series =
    [
        ("exchange", Exchange), ("symbol", "CASE (i / 3) % 2 WHEN 0 THEN 'BTC' ELSE 'ETH' END"),
        ("data_type", "CASE i % 3 WHEN 0 THEN 'oi' WHEN 1 THEN 'funding' ELSE 'liquidation' END"),
    ];

    /// <summary>Largest tables last: they take the most time.</summary>
    public static IReadOnlyList<HistoryTable> Tables { get; } =
    [
        new("daemon_metrics", 2, 10,
        [
            ("daemon", "CASE i WHEN 0 THEN 'market-data' ELSE 'liquidations' END"), .. Place,
            ("running", $"NOT ({Unreachable})"), ("state", $"CASE WHEN {Unreachable} THEN 'unreachable' ELSE 'running' END"),
            ("uptime_seconds", Running($"cast({Life} - 120 AS DOUBLE)")), ("downtime_seconds", $"CASE WHEN {Unreachable} THEN cast({Life} AS DOUBLE) END"),
            ("cpu_percent", Running("6 + 4 * i + 3 * rnd_double()")),
            .. Daemon("fetch_count", "0.4 - 0.25 * i"), .. Daemon("error_count", "0.003"), .. Daemon("liquidation_count", "0.02 + 0.2 * i"),
            ("restart_count", Running("(s + i * 40000) / 260000")), ("restart_count_delta", Running($"CASE WHEN {Life} < 130 THEN 1 ELSE 0 END")),
            ("memory_bytes", Running($"cast(5.1e8 + {Life} * 1000 + 1.2e7 * rnd_double() AS LONG)")), ("thread_count", Running("24 + 6 * i")),
            ("open_files", Running("60 + rnd_int(0, 9, 0)")), ("last_fetch_at", Running("cast((s - 3) * 1000000 AS TIMESTAMP)")),
            ("last_error_at", Running("cast((s - (s + i * 9000) % 30000) * 1000000 AS TIMESTAMP)")),
            ("last_error", Running($"CASE WHEN {Failing} THEN 'binance: 429 Too Many Requests, retry after 30 s' END")),
        ]),
        new("exchange_status", 4, 5,
        [
            ("exchange", $"CASE i {FourExchanges}"), ("channel", "'trades'"), .. Place,
            ("connected", $"NOT ({Cut})"), ("mute", Mute), ("state", $"CASE WHEN {Cut} THEN 'disconnected' WHEN {Mute} THEN 'mute' ELSE 'connected' END"),
            ("latency_ms", Connected("40 + 30 * i + 15 * rnd_double()")), ("feed_delay_ms", Connected("12 + 8 * i + 6 * rnd_double()")),
            ("clock_skew_ms", Connected("2 * i - 4 + 0.4 * rnd_double()")), ("clock_error_ms", Connected("5.0 + 3 * i")),
            ("downtime_seconds", $"CASE WHEN {Cut} THEN cast({Link} AS DOUBLE) END"),
            .. Counter("message_count", Link, "60 - 11 * i", 5), ("reconnect_count", "(s + i * 17000) / 68400"),
            ("reconnect_count_delta", $"CASE WHEN {Link} >= 180 AND {Link} < 185 THEN 1 ELSE 0 END"),
            ("rate_limit_used", Connected("CASE WHEN i < 2 THEN 700 + rnd_int(0, 150, 0) END")), ("rate_limit_limit", Connected("CASE WHEN i < 2 THEN 1200 END")),
            ("last_message_at", $"cast((s - CASE WHEN {Cut} THEN {Link} WHEN {Mute} THEN {Silence} ELSE 1 END) * 1000000 AS TIMESTAMP)"),
            ("disconnected_at", $"CASE WHEN {Cut} THEN cast((s - {Link}) * 1000000 AS TIMESTAMP) END"),
            ("error", $"CASE WHEN {Cut} THEN 'closed by the venue: 1006, no close frame' END"),
        ]),
        new("pipeline_metrics", 24, 30,
        [
            .. Series, .. Place,
            ("records_count", Arrived("1")), ("bytes_written", Arrived("CASE i % 3 WHEN 2 THEN 180 ELSE 420 END")),
            ("latency_ms", $"CASE WHEN NOT ({Missing}) THEN 70 + 40 * (i / 6) + 60 * rnd_double() END"),
            ("gap_duration_seconds", $"CASE WHEN {Missing} THEN cast({Gap} AS DOUBLE) END"), ("gap_detected", Missing),
        ]),
        new("data_gaps", 24, 60,
        [
            ("gap_id", $"concat(i, '-', s - {Gap})"), .. Series, .. Place,
            ("opened_at", $"cast((s - {Gap}) * 1000000 AS TIMESTAMP)"), ("closed_at", $"CASE WHEN {Gap} >= 1140 THEN cast(s * 1000000 AS TIMESTAMP) END"),
            ("duration_seconds", $"cast({Gap} AS DOUBLE)"), ("expected_interval_seconds", "CASE i % 3 WHEN 0 THEN 300.0 ELSE 3600.0 END"),
            ("missing_records", $"{Gap} / 300"), ("state", $"CASE WHEN {Gap} >= 1140 THEN 'closed' ELSE 'open' END"),
        ]) { Where = Missing },
        new("storage_usage", 24, 60,
        [
            ("dataset", "'catalog'"), .. Series, .. Place, ("bytes", "(s - 1600000000) * (20 + i)"), ("files", "(s - 1600000000) / 86400"),
            ("newest_at", "cast((s - 30) * 1000000 AS TIMESTAMP)"), ("oldest_at", "cast(1600000000000000 AS TIMESTAMP)"),
        ]),
        new("host_metrics", 1, 10,
        [
            .. Place, ("cpu_percent", "24 + 9 * sin(s / 1200.0) + 8 * rnd_double()"), ("load1", "1.1 + 0.6 * sin(s / 1000.0)"),
            ("memory_used_bytes", "cast(9.1e9 + 4e8 * sin(s / 5400.0) AS LONG)"), ("memory_total_bytes", "16700000000"),
            ("disk_used_bytes", "310000000000 + (s - 1700000000) * 100"), ("disk_total_bytes", "480000000000"), ("disk_mount", "'/var/lib'"),
            .. Counter("network_rx_bytes", "(s - 1700000000)", "410000", 10), .. Counter("network_tx_bytes", "(s - 1700000000)", "95000", 10),
        ]),
        new("collector_status", 1, 10,
        [
            ("collector", "'main'"), .. Place, ("ready", $"NOT ({Away})"), ("database", $"CASE WHEN {Away} THEN 'unreachable' ELSE 'ok' END"),
            .. Counter("accepted", "(s - 1700000000)", "62", 10), .. Counter("delivered", "(s - 1700000000)", "62", 10),
            ("quarantined", "0"), ("quarantined_delta", "0"), ("dropped", "0"), ("dropped_delta", "0"),
            ("pending", $"CASE WHEN {Away} THEN {Outage} * 62 ELSE rnd_int(0, 9, 0) END"), ("remainder", "0"),
            ("spool_bytes", $"16384 + CASE WHEN {Away} THEN {Outage} * 9920 ELSE 0 END"), ("spool_limit_bytes", "1073741824"),
            ("memory_bytes", "cast(8.8e7 + 4e6 * sin(s / 2400.0) AS LONG)"), ("seconds_to_full", $"CASE WHEN {Away} THEN 108240.0 END"),
            ("write_to_visible_seconds", $"CASE WHEN NOT ({Away}) THEN 0.21 + 0.12 * rnd_double() END"),
            ("clock_skew_seconds", $"CASE WHEN NOT ({Away}) THEN 0.002 + 0.001 * rnd_double() END"), ("cpu_percent", "1.4 + rnd_double()"),
        ]),
        new("source_status", 12, 10,
        [
            ("collector", "'main'"),
            ("source", """
                CASE i WHEN 0 THEN 'market-data' WHEN 1 THEN 'liquidations' WHEN 2 THEN 'exchange-binance' WHEN 3 THEN 'exchange-bybit' WHEN 4 THEN 'exchange-okx'
                WHEN 5 THEN 'exchange-dydx' WHEN 6 THEN 'pipeline-market-data' WHEN 7 THEN 'pipeline-liquidations' WHEN 8 THEN 'catalog' WHEN 9 THEN 'trading'
                WHEN 10 THEN 'host' ELSE 'node' END
                """),
            .. Place, ("up", $"NOT (i < 2 AND {Unreachable})"), ("duration_seconds", $"CASE WHEN i < 2 AND {Unreachable} THEN 5 ELSE 0.002 + 0.02 * rnd_double() END"),
            .. Counter("readings", "(s - 1700000000)", "0.1", 10), ("errors", "(s + i * 40000) / 260000 * 12"),
            ("errors_delta", $"CASE WHEN i < 2 AND {Unreachable} THEN 1 ELSE 0 END"),
            ("last_error", $"CASE WHEN i < 2 AND {Life} < 3600 THEN 'http://127.0.0.1:8081/status: no answer within 5 s' END"),
        ]),
        new("trading_metrics", 3, 1,
        [
            ("strategy", "CASE i WHEN 0 THEN 'basis' WHEN 1 THEN 'funding-carry' ELSE 'momentum' END"), ("symbol", "CASE i WHEN 1 THEN 'ETH' ELSE 'BTC' END"),
            ("venue", "CASE i WHEN 0 THEN 'okx' WHEN 1 THEN 'bybit' ELSE 'binance' END"), .. Place,
            ("pnl", "(s - 1700000000) * 0.0004 * (i + 1) + 45 * sin(s / 960.0 + i)"), ("unrealized_pnl", "35 * sin(s / 2220.0 + i) + 3 * rnd_double()"),
            ("equity", "10000 + (s - 1700000000) * 0.0004 * (i + 1) + 80 * sin(s / 960.0 + i)"), ("position_size", "1.4 - i + 0.5 * sin(s / 1500.0)"),
            ("exposure", "9400 * (1.4 - i + 0.5 * sin(s / 1500.0))"), ("drawdown_pct", "2 + 2 * sin(s / 90000.0 + i)"), ("fill_rate", "0.82 - 0.12 * i"),
            .. Counter("orders_placed", "(s % 604800)", "0.12 + 0.1 * i", 1), .. Counter("orders_filled", "(s % 604800)", "(0.12 + 0.1 * i) * 0.7", 1),
            ("open_orders", "2 + 4 * i + rnd_int(0, 3, 0)"), ("state", "CASE WHEN (s + i * 50000) % 172800 < 300 THEN 'stale' ELSE 'live' END"),
        ]),
        new("scraped_metrics", 500, 15,
        [
            ("job", "'node'"), ("instance", "'127.0.0.1:9100'"), ("name", "CASE WHEN i < 4 THEN 'node_load1' ELSE concat('node_metric_', i / 4, '_total') END"),
            ("labels", "concat('cpu=\"', i % 4, '\",mode=\"user\"')"), ("value", "i + 1000 * rnd_double()"),
        ]),
    ];

    private static (string, string)[] Daemon(string column, string rate) =>
        [.. Counter(column, $"({Life} - 120)", rate, 10).Select(pair => (pair.Item1, Running(pair.Item2)))];

    /// <summary>What is absent while the daemon does not answer.</summary>
    private static string Running(string value) => $"CASE WHEN NOT ({Unreachable}) THEN {value} END";

    private static string Connected(string value) => $"CASE WHEN NOT ({Cut}) THEN {value} END";

    /// <summary>Records of an interval: open interest every 5 minutes, funding every hour, liquidations as they come.</summary>
    private static string Arrived(string each) =>
        $"({each}) * CASE WHEN {Missing} THEN 0 WHEN i % 3 = 0 THEN CASE WHEN s % 300 < 30 THEN 1 ELSE 0 END WHEN i % 3 = 1 THEN CASE WHEN s % 3600 < 30 THEN 1 ELSE 0 END ELSE rnd_int(0, 4, 0) END";
}
