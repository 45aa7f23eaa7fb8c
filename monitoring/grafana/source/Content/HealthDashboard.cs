using static Collector.Dashboards.Fragments;

namespace Collector.Dashboards.Content;

internal static class HealthDashboard
{
    private const string Keys = "daemon, host, env";
    private const string Name = "${__field.labels.daemon}";
    private const string Step = "30s";
    private static readonly string Chosen = Rows("env", "host", "daemon");
    private static readonly string Now = Current("daemon_metrics", Keys, Chosen);

    public static Dashboard Made { get; } = new("health", "Daemon health", "Do the daemons run, do they work, and what does it cost?")
    {
        Variables = Variable.Of("daemon_metrics", Keys, "env", "host", "daemon"),
        Rows =
        [
            new(0, "",
                Shared.About("""
                    **Do the daemons run, do they work, and what does it cost?** First what is, then the work, then the cost, then the errors.
                    """),
                Shared.Freshness("daemon_metrics", Chosen)),
            new(100, "Now",
                Tile(10, "Status", "What each daemon last said, or that it did not answer.", States.OfDaemon, States.Daemon),
                Tile(11, "Uptime", "Time since its start. Absent while it does not answer.", "uptime_seconds", Unit.Seconds),
                Tile(12, "Memory now", "Resident memory by its last row.", "memory_bytes", Unit.Bytes, Limits.DaemonMemory),
                Tile(13, "CPU now", "Processor time; 100 % is one core.", "cpu_percent", Unit.Percent),
                new Stat(14, "Restarts", "Restarts in the range, that the daemon reports or that the collector saw.")
                {
                    Width = 4, Height = 6, Named = true, Thresholds = Limits.Restarts,
                    Sql = [$"SELECT daemon, sum(restart_count_delta) AS restarts FROM daemon_metrics WHERE {Chosen} AND daemon IN (SELECT daemon FROM {Now} WHERE state != 'retired') GROUP BY daemon ORDER BY daemon"],
                },
                Tile(15, "Last fetch", "Time from its last fetch to the end of the range.", "datediff('s', last_fetch_at, $__toTime)", Unit.Seconds),
                new StateTimeline(20, "Status over time", "The worst status in each bucket. Where nothing is drawn, no row came.")
                {
                    Width = 24, Height = 5, Interval = Step, Mappings = States.Daemon, SeriesName = Name,
                    Sql = [$"{Buckets($"daemon_metrics WHERE {Chosen} AND state != 'retired'", "daemon", ("worst", $"min({States.OfDaemon})"))} ORDER BY time, daemon"],
                }),
            new(101, "Work",
                Rate(21, "Fetch rate", "Fetches a minute.", "fetch_count_delta"),
                Rate(22, "Error rate", "Errors a minute. Above the dashed line for 5 minutes is an alert.", "error_count_delta", Limits.ErrorsPerMinute),
                Rate(23, "Liquidations", "Liquidations seen, a minute.", "liquidation_count_delta")),
            new(102, "Cost",
                Line(24, "Memory", "Resident memory, the highest in each bucket. The dashed lines are the limits of the alerts.", "memory_bytes", "max", Unit.Bytes, Limits.DaemonMemory),
                Line(25, "CPU", "Processor time, the mean of each bucket; 100 % is one core.", "cpu_percent", "avg", Unit.Percent)),
            new(103, "Errors",
                new Table(30, "Last error", "The last error of each daemon in the range, its time and its text.")
                {
                    Width = 11, Height = 8, Empty = "No error in this range",
                    Overrides = [new("daemon") { Width = 130 }, new("errored") { As = "last error", Unit = Unit.Ago, Width = 130 }, new("last_error") { As = "text" }],
                    Sql =
                    [
                        $"""
                        SELECT daemon, last_error_at AS errored, last_error FROM {Latest("daemon_metrics", Keys, $"{Chosen} AND last_error IS NOT NULL")}
                        ORDER BY errored DESC
                        """,
                    ],
                },
                new Table(31, "Recent errors", "Readings at which a daemon's count of errors had grown, the newest first, at most 200.")
                {
                    Width = 13, Height = 8, Empty = "No error in this range",
                    Overrides =
                    [
                        new("time") { Unit = Unit.Time, Width = 170 }, new("daemon") { Width = 130 }, new("errors") { Width = 80 },
                        new("last_error") { As = "text" },
                    ],
                    Sql =
                    [
                        $"""
                        SELECT timestamp AS time, daemon, error_count_delta AS errors, last_error FROM daemon_metrics
                        WHERE {Chosen} AND error_count_delta > 0 ORDER BY time DESC LIMIT 200
                        """,
                    ],
                }),
            new(104, "Details",
                Line(40, "Threads", "Threads of the process.", "thread_count", "max", Unit.Count),
                Line(41, "Open files", "Open file descriptors of the process.", "open_files", "max", Unit.Count),
                Line(42, "Downtime", "Time since the daemon last said that it runs; absent while it does.", "downtime_seconds", "max", Unit.Seconds) with
                {
                    Empty = "No daemon was down in this range",
                })
            {
                Collapsed = true,
            },
        ],
    };

    private static Stat Tile(int id, string title, string description, string value, Mapping[] states) =>
        Tile(id, title, description, value, Unit.None) with { Filled = true, Mappings = states };

    private static Stat Tile(int id, string title, string description, string value, Unit unit, Thresholds? limits = null) => new(id, title, description)
    {
        Width = 4,
        Height = 6,
        Named = true,
        Unit = unit,
        Thresholds = limits,
        Empty = "Not told",
        Sql = [$"SELECT daemon, {value} AS value FROM {Now} WHERE state != 'retired' ORDER BY daemon"],
    };

    private static TimeSeries Rate(int id, string title, string description, string increase, Thresholds? limits = null) => new(id, title, description)
    {
        Interval = "1m",
        Unit = Unit.PerMinute,
        Min = 0,
        Thresholds = limits,
        SeriesName = Name,
        Sql = [Rates.Of($"daemon_metrics WHERE {Chosen} AND {increase} IS NOT NULL", "daemon", increase, Rates.PerMinute)],
    };

    private static TimeSeries Line(int id, string title, string description, string column, string of, Unit unit, Thresholds? limits = null) => new(id, title, description)
    {
        Width = id < 40 ? 12 : 8,
        Interval = Step,
        Unit = unit,
        Min = 0,
        Thresholds = limits,
        SeriesName = Name,
        Sql = [$"{Buckets($"daemon_metrics WHERE {Chosen} AND {column} IS NOT NULL", "daemon", ("value", $"{of}({column})"))} ORDER BY time, daemon"],
    };
}
