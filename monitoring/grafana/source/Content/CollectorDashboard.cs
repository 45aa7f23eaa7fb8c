using static Collector.Dashboards.Fragments;

namespace Collector.Dashboards.Content;

internal static class CollectorDashboard
{
    private const string Name = "${__field.labels.collector}";
    private const string Step = "30s";
    private static readonly string Chosen = Rows("env", "host", "collector");
    private static readonly string Now = Current("collector_status", "collector, host, env", Chosen);
    private static readonly string Sources = Current("source_status", "collector, source, host, env", Chosen);

    public static Dashboard Made { get; } = new("collector", "Collector", "Does everything that is read arrive in the database?")
    {
        Variables = Variable.Of("collector_status", null, "env", "host", "collector"),
        Rows =
        [
            new(0, "",
                Shared.About("""
                    **Does everything that is read arrive in the database?** Rows come in, wait on disk, and leave when the database has them.
                    The remainder is what the books lack: always 0, or something is wrong.
                    """),
                Shared.Freshness("collector_status", Chosen)),
            new(100, "Now",
                Tile(10, "Ready", "It takes rows and delivers them.", $"min({States.OfCollector})", Unit.None) with { Filled = true, Mappings = States.Ready },
                Tile(11, "Database", "The worst that a collector says of its database.", $"min({States.OfDatabase})", Unit.None) with { Filled = true, Mappings = States.Database },
                Tile(12, "Pending", "Rows on disk that the database has not taken yet.", "sum(pending)", Unit.Count),
                Tile(13, "Remainder", "Rows in, minus delivered, pending, quarantined and dropped. Anything but 0 is a fault.", "max(abs(remainder))", Unit.Count, Thresholds.NoneAllowed),
                Tile(14, "Spool", "Share of the room that the spool may take.", "max(100.0 * spool_bytes / spool_limit_bytes)", Unit.Percent, Limits.SpoolShare) with { Decimals = 2 },
                Tile(15, "Time left", "Until the spool is full, at the present pace.",
                    "CASE WHEN count() > 0 AND min(seconds_to_full) IS NULL THEN -1 ELSE min(seconds_to_full) END", Unit.Seconds, Limits.TimeToFull) with
                {
                    Mappings = [new("-1", "Not growing", "green")],
                },
                Tile(16, "Write to visible", "From writing a row to reading it back.", "max(write_to_visible_seconds)", Unit.Seconds, Limits.WriteToVisible) with { Empty = "Not measured" },
                Of(17, "Quarantined", "Rows put aside with a reason, in the range.", "quarantined_delta", new Thresholds("green", (1, "orange"))),
                Of(18, "Dropped", "Rows given up in the range, where the configuration allows it.", "dropped_delta", Thresholds.NoneAllowed),
                new Stat(19, "Sources up", "Sources whose last run brought a reading, of all.")
                {
                    Width = 6, Height = 4, Unit = Unit.Percent, Decimals = 0, Thresholds = new Thresholds("red", (100, "green")),
                    Sql = [$"SELECT 100.0 * sum(CASE WHEN up THEN 1 ELSE 0 END) / count() AS up FROM {Sources}"],
                }),
            new(101, "Flow",
                Rate(20, "Rows in", "Rows taken into the spool, a second.", "accepted_delta"),
                Rate(21, "Rows out", "Rows that the database has taken, a second.", "delivered_delta"),
                Line(22, "Pending over time", "Rows on disk that the database has not taken yet, the most in each bucket.", "max(pending)", Unit.Count),
                Line(23, "Spool size", "Bytes that the spool holds, the most in each bucket.", "max(spool_bytes)", Unit.Bytes),
                Line(24, "Write to visible over time", "From writing a row to reading it back: the database's lag. The dashed line is the limit of the alert.", "max(write_to_visible_seconds)", Unit.Seconds, Limits.WriteToVisible),
                new TimeSeries(25, "Rows not delivered", "Rows put aside or given up, in each bucket.")
                {
                    Interval = "1m", Unit = Unit.Count, Min = 0, Bars = true, SeriesName = "${__field.name}",
                    Overrides = [new("quarantined") { Color = "orange" }, new("dropped") { Color = "red" }],
                    Sql =
                    [
                        Buckets($"collector_status WHERE {Chosen}", "", ("quarantined", "sum(quarantined_delta)"), ("dropped", "sum(dropped_delta)"))
                        + " ORDER BY time",
                    ],
                }),
            new(102, "Database",
                new StateTimeline(30, "Database over time", "The worst that a collector said of its database in each bucket.")
                {
                    Width = 12, Height = 6, Interval = Step, Mappings = States.Database, SeriesName = Name,
                    Sql = [$"{Buckets($"collector_status WHERE {Chosen}", "collector", ("worst", $"min({States.OfDatabase})"))} ORDER BY time, collector"],
                },
                new Table(31, "Tables of the database", "What QuestDB itself says at this moment, whatever the range: tables that are suspended take rows and do not show them; behind is what is written and not visible yet.")
                {
                    Width = 12, Height = 6,
                    Overrides =
                    [
                        new("table") { Width = 200 },
                        new("suspended") { Coloured = true, Mappings = [new("0", "No", "green"), new("1", "Suspended", "red")], Width = 95 },
                        new("behind") { Unit = Unit.Count, Coloured = true, Thresholds = new Thresholds("green", (100, "orange")), Width = 80 },
                        new("error"),
                    ],
                    Sql =
                    [
                        """
                        SELECT name AS "table", CASE WHEN suspended THEN 1 ELSE 0 END AS suspended, sequencerTxn - writerTxn AS behind, errorMessage AS error
                        FROM wal_tables() ORDER BY suspended DESC, behind DESC, name
                        """,
                    ],
                }),
            new(103, "Sources",
                new StateTimeline(32, "Sources over time", "Whether each source's runs brought readings, the worst in each bucket.")
                {
                    Width = 12, Height = 9, Interval = Step, Mappings = States.Source, SeriesName = "${__field.labels.source}",
                    Sql = [$"{Buckets($"source_status WHERE {Chosen}", "source", ("worst", $"min({States.OfSource})"))} ORDER BY time, source"],
                },
                new Table(33, "Sources", "Each source by its last row, and its runs that failed in the range.")
                {
                    Width = 12, Height = 9,
                    Overrides =
                    [
                        new("source") { Width = 150 },
                        new("up") { Coloured = true, Mappings = States.Source, Width = 70 },
                        new("took") { Unit = Unit.Seconds, Width = 90 },
                        new("failed") { Unit = Unit.Count, Coloured = true, Thresholds = new Thresholds("green", (1, "orange")), Width = 80 },
                        new("last_error") { As = "last error" },
                    ],
                    Sql =
                    [
                        $"""
                        SELECT s.source, {States.OfSource} AS up, s.duration_seconds AS took, e.failed, s.last_error FROM {Sources} s
                        JOIN (SELECT collector, source, sum(errors_delta) AS failed FROM source_status WHERE {Chosen} GROUP BY collector, source) e
                        ON s.collector = e.collector AND s.source = e.source ORDER BY up, s.source
                        """,
                    ],
                }),
            new(104, "Cost",
                Line(40, "Memory", "Resident memory of the collector.", "max(memory_bytes)", Unit.Bytes),
                Line(41, "CPU", "Processor time of the collector; 100 % is one core.", "avg(cpu_percent)", Unit.Percent),
                Line(42, "Clock skew", "The database's clock minus the collector's.", "avg(clock_skew_seconds)", Unit.Seconds) with { Min = null })
            {
                Collapsed = true,
            },
        ],
    };

    private static Stat Tile(int id, string title, string description, string value, Unit unit, Thresholds? limits = null) => new(id, title, description)
    {
        Width = id < 16 ? 4 : 6,
        Height = 4,
        Unit = unit,
        Thresholds = limits,
        Sql = [$"SELECT {value} AS value FROM {Now}"],
    };

    private static Stat Of(int id, string title, string description, string increase, Thresholds limits) => new(id, title, description)
    {
        Width = 6,
        Height = 4,
        Unit = Unit.Count,
        Thresholds = limits,
        Sql = [$"SELECT sum({increase}) AS rows FROM collector_status WHERE {Chosen}"],
    };

    private static TimeSeries Rate(int id, string title, string description, string increase) => new(id, title, description)
    {
        Interval = "1m",
        Unit = Unit.PerSecond,
        Min = 0,
        SeriesName = Name,
        Sql = [Rates.Of($"collector_status WHERE {Chosen}", "collector", increase, Rates.PerSecond)],
    };

    private static TimeSeries Line(int id, string title, string description, string value, Unit unit, Thresholds? limits = null) => new(id, title, description)
    {
        Interval = Step,
        Unit = unit,
        Min = 0,
        Thresholds = limits,
        SeriesName = Name,
        Sql = [$"{Buckets($"collector_status WHERE {Chosen}", "collector", ("value", value))} ORDER BY time, collector"],
    };
}
