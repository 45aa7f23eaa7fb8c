using Collector.Lines.Tables;

namespace Collector.IntegrationTests.Grafana;

/// <summary>
/// A week in the life of a small trading operation, up to a given moment: two daemons, four exchanges, 24 pipeline series, three
/// strategies, a machine, a collector; with what goes wrong in one. Every table of the shipped schemas has rows, written by the
/// collector's own line writer. The same moment gives the same rows. In the last hours rows come as often as sources write them.
/// </summary>
/// <remarks>
/// Minutes before the end: 185–170 the database is away; 150–128 and from 24 on a pipeline has a gap; 95 a daemon is restarted,
/// 40–38 it does not answer; 33–30 an exchange is mute; from 7 on one is disconnected; 22–18 a daemon meets errors; from 4 on a
/// strategy is stale. 45 minutes before the end a daemon, an exchange and a strategy were retired.
/// </remarks>
internal sealed class Operation(IReadOnlyCollection<Table> tables, TimeProvider clock, DateTimeOffset end)
{
    private const string Host = "trade-1";
    private const string Env = "prod";
    private const string Collector = "main";
    private const double Retired = 45;

    /// <summary>How long ago the operation began.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromDays(7);

    private static readonly TimeSpan Seldom = TimeSpan.FromMinutes(10);

    private static readonly string[] Daemons = ["market-data", "liquidations"];
    private static readonly (string Name, double RoundTrip, double Delay)[] Exchanges = [("binance", 42, 12), ("bybit", 71, 18), ("okx", 96, 24), ("dydx", 148, 41)];
    private static readonly (string Type, int Interval)[] Kinds = [("oi", 300), ("funding", 3600), ("liquidation", 0)];
    private static readonly string[] Symbols = ["BTC", "ETH"];
    private static readonly (string Name, string Symbol, string Venue, double Drift)[] Strategies =
        [("basis", "BTC", "okx", 0.9), ("funding-carry", "ETH", "bybit", 1.6), ("momentum", "BTC", "binance", -0.4)];

    private static readonly string[] Sources =
        ["market-data", "liquidations", "exchange-binance", "exchange-bybit", "exchange-okx", "exchange-dydx", "trading", "host"];

    private readonly Dictionary<string, OperationRows> _rows =
        tables.ToDictionary(table => table.Name, table => new OperationRows(table, clock), StringComparer.Ordinal);

    /// <summary>Rows of one table after the other, in blocks of a few thousand.</summary>
    public IEnumerable<OperationRows> Blocks()
    {
        (string Table, int Seconds, double DenseHours, Action<OperationRows, DateTimeOffset, double> Write)[] writers =
        [
            ("daemon_metrics", 10, 7, Daemon), ("exchange_status", 5, 7, Exchange), ("pipeline_metrics", 30, 7, Pipeline),
            ("data_gaps", 60, 7, Gap), ("storage_usage", 60, 7, Storage), ("trading_metrics", 1, 2, Trading), ("host_metrics", 10, 7, Machine),
            ("collector_status", 10, 7, Status), ("source_status", 10, 7, Source), ("scraped_metrics", 15, 1, Scraped),
        ];
        foreach ((string table, int seconds, double dense, Action<OperationRows, DateTimeOffset, double> write) in writers)
        {
            OperationRows rows = _rows[table];
            var often = TimeSpan.FromSeconds(seconds);
            DateTimeOffset from = end - Length;
            TimeSpan step;
            for (DateTimeOffset at = from; at <= end; at += step)
            {
                step = end - at > TimeSpan.FromHours(dense) ? Seldom : often;
                write(rows, at, step.TotalSeconds);
                if (rows.Count >= 5000)
                {
                    yield return rows;
                    rows.Clear();
                }
            }

            yield return rows;
            rows.Clear();
        }
    }

    private void Daemon(OperationRows rows, DateTimeOffset at, double step)
    {
        double ago = Ago(at);
        foreach ((int i, string daemon) in Daemons.Index())
        {
            rows.Begin(at, daemon, Host, Env);
            if (i == 1 && ago is >= 38 and < 40)
            {
                rows.Set("state", "unreachable").Set("running", false).Set("downtime_seconds", (40 - ago) * 60).End();
                continue;
            }

            double up = (i == 1 && ago < 38 ? 38 - ago : i == 1 && ago < 95 ? 95 - ago : 10_000 + (Length.TotalMinutes - ago)) * 60;
            bool fails = i == 0 && ago is >= 18 and < 22;
            rows.Set("state", "running").Set("running", true).Set("uptime_seconds", up)
                .Set("cpu_percent", 6 + (4 * i) + (3 * Noise(daemon, "cpu", at)))
                .Grow("fetch_count", daemon, step * (i == 0 ? 0.4 : 0.15))
                .Grow("error_count", daemon, step * (fails ? 0.13 : Noise(daemon, "error", at) > 0.995 ? 0.1 : 0))
                .Grow("liquidation_count", daemon, step * (i == 0 ? 0.02 : 0.25 * (0.5 + Noise(daemon, "liquidations", at))))
                .Set("restart_count", i == 1 ? (ago < 38 ? 4L : ago < 95 ? 3L : 2L) : 0L)
                .Set("memory_bytes", (long)((i == 0 ? 512e6 : 610e6 + (Math.Min(up, 86_400) * 2_500)) + (12e6 * Noise(daemon, "memory", at))))
                .Set("thread_count", 24L + (6 * i)).Set("open_files", 60L + (long)(8 * Noise(daemon, "files", at)))
                .Set("last_fetch_at", at.AddSeconds(-1 - (8 * Noise(daemon, "fetch", at))));
            if (i == 0 && ago < 22)
            {
                rows.Set("last_error_at", end.AddMinutes(-Math.Max(18, ago))).Set("last_error", "binance: 429 Too Many Requests, retry after 30 s");
            }

            rows.End();
        }

        if (ago > Retired)
        {
            rows.Begin(at, "old-fetcher", Host, Env).Set("state", "running").Set("running", true).Grow("fetch_count", "old", step * 0.05).Set("memory_bytes", 210_000_000L).End();
        }
        else if (ago > Retired - (step / 60))
        {
            rows.Begin(at, "old-fetcher", Host, Env).Set("state", "retired").Set("running", false).End();
        }
    }

    private void Exchange(OperationRows rows, DateTimeOffset at, double step)
    {
        double ago = Ago(at);
        foreach ((int i, (string exchange, double roundTrip, double delay)) in Exchanges.Index())
        {
            bool cut = i == 3 && ago <= 7;
            bool mute = i == 1 && ago is > 30 and <= 33;
            rows.Begin(at, exchange, "trades", Host, Env)
                .Set("state", cut ? "disconnected" : mute ? "mute" : "connected").Set("connected", !cut).Set("mute", mute);
            double silent = cut ? (7 - ago) * 60 : mute ? (33 - ago) * 60 : 0.4;
            rows.Grow("message_count", exchange, cut || mute ? 0 : step * (60 - (11 * i)) * (0.7 + (0.6 * Noise(exchange, "messages", at))))
                .Set("reconnect_count", (i == 2 && ago < 50 ? 1L : 0L) + i).Set("last_message_at", at.AddSeconds(-silent));
            if (cut)
            {
                rows.Set("downtime_seconds", silent).Set("disconnected_at", end.AddMinutes(-7)).Set("error", "closed by the venue: 1006, no close frame").End();
                continue;
            }

            double spike = i == 3 && ago is > 55 and < 58 ? 240 : 0;
            rows.Set("latency_ms", roundTrip + spike + (14 * Noise(exchange, "latency", at)))
                .Set("feed_delay_ms", delay + (6 * Noise(exchange, "delay", at)) + (3 * Math.Sin(ago / 9)))
                .Set("clock_skew_ms", -4 + (2 * i) + (0.4 * Noise(exchange, "skew", at))).Set("clock_error_ms", roundTrip / 9);
            if (i < 2)
            {
                rows.Set("rate_limit_used", (long)((i == 0 ? 700 : 240) + (150 * Noise(exchange, "limit", at)))).Set("rate_limit_limit", i == 0 ? 1200L : 600L);
            }

            rows.End();
        }

        if (ago > Retired)
        {
            rows.Begin(at, "kraken", "trades", Host, Env).Set("state", "connected").Set("connected", true).Set("mute", false).Set("message_count", 5L).End();
        }
        else if (ago > Retired - (step / 60))
        {
            rows.Begin(at, "kraken", "trades", Host, Env).Set("state", "retired").Set("connected", false).Set("mute", false).End();
        }
    }

    private void Pipeline(OperationRows rows, DateTimeOffset at, double step)
    {
        foreach ((string exchange, double roundTrip, _) in Exchanges)
        {
            foreach (string symbol in Symbols)
            {
                foreach ((string type, int interval) in Kinds)
                {
                    double? gap = OpenGap(exchange, symbol, type, Ago(at));
                    long records = gap is not null ? 0
                        : interval == 0 ? (long)(step / 30 * 4 * Noise(exchange + symbol, "liquidations", at))
                        : (Seconds(at) / interval) - ((Seconds(at) - (long)step) / interval);
                    rows.Begin(at, exchange, symbol, type, Host, Env)
                        .Set("records_count", records).Set("bytes_written", records * (type == "liquidation" ? 180 : 420)).Set("gap_detected", gap is not null);
                    if (records > 0)
                    {
                        rows.Set("latency_ms", (1.6 * roundTrip) + (60 * Noise(exchange + symbol + type, "latency", at)));
                    }

                    if (gap is { } minutes)
                    {
                        rows.Set("gap_duration_seconds", minutes * 60);
                    }

                    rows.End();
                }
            }
        }
    }

    private void Gap(OperationRows rows, DateTimeOffset at, double step)
    {
        Write("bybit", "ETH", 150, 128);
        Write("dydx", "BTC", 24, 0);

        void Write(string exchange, string symbol, double from, double to)
        {
            double ago = Ago(at);
            bool closes = to > 0 && ago <= to && ago > to - (step / 60);
            if (!closes && OpenGap(exchange, symbol, "oi", ago) is null)
            {
                return;
            }

            rows.Begin(at, $"{exchange}-{symbol}-oi-{from}", exchange, symbol, "oi", Host, Env).Set("state", closes ? "closed" : "open")
                .Set("opened_at", end.AddMinutes(-from)).Set("duration_seconds", (from - ago) * 60).Set("expected_interval_seconds", 300d)
                .Set("missing_records", (long)((from - ago) / 5));
            if (closes)
            {
                rows.Set("closed_at", end.AddMinutes(-to));
            }

            rows.End();
        }
    }

    private void Storage(OperationRows rows, DateTimeOffset at, double step)
    {
        foreach ((string exchange, _, _) in Exchanges)
        {
            foreach (string symbol in Symbols)
            {
                foreach ((string type, int interval) in Kinds)
                {
                    double days = 30 + Length.TotalDays - (Ago(at) / 1440);
                    double perDay = type switch { "liquidation" => 9.5e6, "oi" => 2.1e6, _ => 0.3e6 };
                    rows.Begin(at, "catalog", exchange, symbol, type, Host, Env)
                        .Set("bytes", (long)(days * perDay * (exchange == "binance" ? 1.5 : 1))).Set("files", (long)Math.Ceiling(days))
                        .Set("newest_at", at.AddSeconds(-Math.Max(interval, 30) * Noise(exchange + symbol, type, at))).Set("oldest_at", end - Length - TimeSpan.FromDays(30))
                        .End();
                }
            }
        }
    }

    private void Trading(OperationRows rows, DateTimeOffset at, double step)
    {
        double ago = Ago(at);
        foreach ((int i, (string strategy, string symbol, string venue, double drift)) in Strategies.Index())
        {
            bool stale = i == 0 && ago <= 4;
            double then = stale ? 4 : ago; // what is stale stays at what it last said
            double hours = (Length.TotalMinutes - then) / 60;
            double pnl = (drift * 4 * hours) + (45 * Walk(strategy, then, 16)) - (i == 2 && then < 70 ? (70 - then) * 4 : 0);
            double open = (35 * Walk(strategy, then, 37)) + (12 * Math.Sin(then / 3.3));
            double equity = 10_000 + pnl + open;
            double peak = i == 2 ? 10_050 : equity + (90 * (1 + Walk(strategy, then, 61)));
            double position = (i == 2 ? -0.8 : 1.4) + (0.5 * Walk(strategy, then, 25));
            rows.Begin(at, strategy, symbol, venue, Host, Env).Set("state", stale ? "stale" : "live")
                .Set("pnl", pnl).Set("unrealized_pnl", open).Set("equity", equity).Set("position_size", position)
                .Set("exposure", position * (symbol == "BTC" ? 9_400 : 3_100)).Set("drawdown_pct", Math.Max(0, 100 * (peak - equity) / peak))
                .Set("fill_rate", 0.82 - (0.12 * i)).Set("open_orders", (long)(2 + (4 * i) + (3 * Noise(strategy, "orders", at))));
            if (!stale)
            {
                double placed = step * (0.12 + (0.1 * i)) * (0.6 + (0.8 * Noise(strategy, "placed", at)));
                rows.Grow("orders_placed", strategy, placed).Grow("orders_filled", strategy, placed * (0.8 - (0.14 * i)));
            }

            rows.End();
        }

        if (ago > Retired)
        {
            rows.Begin(at, "grid", "BTC", "kraken", Host, Env).Set("state", "live").Set("pnl", 5d).Set("unrealized_pnl", 1d).End();
        }
        else if (ago > Retired - (step / 60))
        {
            rows.Begin(at, "grid", "BTC", "kraken", Host, Env).Set("state", "retired").Set("pnl", 5d).End();
        }
    }

    private void Machine(OperationRows rows, DateTimeOffset at, double step) =>
        rows.Begin(at, Host, Env)
            .Set("cpu_percent", 24 + (9 * Walk("cpu", Ago(at), 20)) + (8 * Noise("host", "cpu", at))).Set("load1", 1.1 + (0.6 * Walk("load", Ago(at), 17)))
            .Set("memory_used_bytes", (long)(9.1e9 + (4e8 * Walk("memory", Ago(at), 90)))).Set("memory_total_bytes", 16_700_000_000L)
            .Set("disk_used_bytes", (long)(3.1e11 - (Ago(at) * 6e5))).Set("disk_total_bytes", 480_000_000_000L)
            .Grow("network_rx_bytes", "rx", step * 410e3 * (0.8 + (0.4 * Noise("host", "rx", at))))
            .Grow("network_tx_bytes", "tx", step * 95e3 * (0.8 + (0.4 * Noise("host", "tx", at))))
            .Set("disk_mount", "/var/lib").End();

    private void Status(OperationRows rows, DateTimeOffset at, double step)
    {
        double ago = Ago(at);
        bool away = ago is >= 170 and < 185;
        long pending = away ? (long)((185 - ago) * 60 * 42) : ago is >= 169 and < 170 ? 9_000 : (long)(9 * Noise("collector", "pending", at));
        rows.Begin(at, Collector, Host, Env).Set("database", away ? "unreachable" : "ok").Set("ready", !away)
            .Grow("accepted", "", step * (41 + (3 * Noise("collector", "accepted", at))))
            .Grow("delivered", "", away ? 0 : step * (41 + (3 * Noise("collector", "accepted", at)) + (ago is >= 169 and < 170 ? 630 : 0)))
            .Grow("quarantined", "", ago is >= 52 and < 53 ? step * 0.2 : 0).Grow("dropped", "", 0)
            .Set("pending", pending).Set("remainder", 0L).Set("spool_bytes", 16_384 + (pending * 160)).Set("spool_limit_bytes", 1_073_741_824L)
            .Set("memory_bytes", (long)(88e6 + (4e6 * Walk("collector", ago, 40))));
        if (away)
        {
            rows.Set("seconds_to_full", 1_073_741_824d / (42 * 160));
        }
        else
        {
            rows.Set("write_to_visible_seconds", 0.21 + (0.12 * Noise("collector", "visible", at))).Set("clock_skew_seconds", 0.002 + (0.001 * Noise("collector", "skew", at)));
        }

        rows.Set("cpu_percent", 1.4 + Noise("collector", "cpu", at)).End();
    }

    private void Source(OperationRows rows, DateTimeOffset at, double step)
    {
        double ago = Ago(at);
        foreach ((int i, string source) in Sources.Index())
        {
            bool down = (i == 1 && ago is >= 38 and < 40) || (i == 6 && ago <= 4);
            rows.Begin(at, Collector, source, Host, Env).Set("up", !down).Set("duration_seconds", down ? 5 : 0.002 + (0.02 * Noise(source, "took", at)))
                .Grow("readings", source, down ? 0 : step / 10).Grow("errors", source, down ? step / 10 : 0);
            if ((i == 1 && ago < 40) || (i == 6 && ago <= 4))
            {
                rows.Set("last_error", "http://127.0.0.1:8081/status: no answer within 5 s");
            }

            rows.End();
        }
    }

    private void Scraped(OperationRows rows, DateTimeOffset at, double step) =>
        rows.Begin(at, "node", "127.0.0.1:9100", "node_load1", "").Set("value", 1.1 + (0.6 * Walk("load", Ago(at), 17))).End();

    /// <summary>Minutes since the series' gap opened, while it is open.</summary>
    private static double? OpenGap(string exchange, string symbol, string type, double ago) => (exchange, symbol, type) switch
    {
        ("bybit", "ETH", "oi") when ago is <= 150 and > 128 => 150 - ago,
        ("dydx", "BTC", "oi") when ago <= 24 => 24 - ago,
        _ => null,
    };

    /// <summary>Minutes before the end.</summary>
    private double Ago(DateTimeOffset at) => (end - at).TotalMinutes;

    private static long Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds();

    /// <summary>A number of 0 to 1 that the names and the time decide.</summary>
    private static double Noise(string series, string value, DateTimeOffset at)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in series + value)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        hash += (ulong)at.ToUnixTimeSeconds() * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9;
        hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EB;
        return (hash ^ (hash >> 31)) / (double)ulong.MaxValue;
    }

    /// <summary>A slow wander between about -1 and 1.</summary>
    private static double Walk(string series, double minutes, double period)
    {
        double phase = series.Sum(c => c) % 17;
        return (0.6 * Math.Sin((minutes / period) + phase)) + (0.3 * Math.Sin((minutes / period * 2.7) + (2 * phase))) + (0.1 * Math.Sin((minutes / period * 9.1) + (3 * phase)));
    }
}
