namespace Collector.Dashboards.Alerting.Content;

/// <summary>A collector's own rows count only while it speaks: what it said last is not how it is.</summary>
internal static class CollectorAlerts
{
    private const string Table = "collector_status";
    private const string Keys = "collector, host, env";
    private const string Who = "collector {collector} on {host}";
    private const string Rows = "FROM collector_status WHERE collector = '{collector}' AND host = '{host}' AND env = '{env}'";

    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static AlertGroup Made { get; } = new("Collector",
    [
        new("collector-silent", "Collector silent")
        {
            Fires = "no row of a collector for so long, none of any, or no answer from the database",
            Sql = $"""
                SELECT {Keys}, datediff('s', max(timestamp), now()) AS value
                FROM {Table}
                WHERE {AlertSql.Living}
                GROUP BY {Keys}
                """,
            Limit = Limit.Over(AlertLimits.SilentSeconds, "s"),
            For = TenSeconds,
            Severity = Severity.Critical,
            IsWatchdog = true,
            Shown = ("collector", 10),
            Summary = "{{ if .Labels.collector }}Collector {collector} on {host} is silent{{ else }}No collector writes, or the database does not answer{{ end }}",
            Description = "No row of its own status for more than {limit}, or the database gave no answer. All other alerts wait for it: nothing else is known.",
            Runbook = "Ask the collector itself: collector health on its machine, or its page (port 9464). It does not answer: start it. It answers: it says what is wrong with the database; until then the rows are on its disk. If the database does not answer Grafana, this alert stands for all.",
            RunbookSql = $"SELECT collector, host, env, max(timestamp) AS last_row FROM {Table} WHERE timestamp > dateadd('d', -1, now()) GROUP BY {Keys}",
        },
        new("source-down", "Source down")
        {
            Fires = "the last run of a source brought no reading",
            Sql = AlertSql.Latest("source_status", "collector, source, host, env", "CASE WHEN up THEN 0 ELSE 1 END", hasState: false, rows: AlertSql.Heard),
            Limit = Limit.Any,
            For = Minute,
            Severity = Severity.Warning,
            Shown = ("collector", 32),
            Summary = $"Source {{source}} of {Who} reads nothing",
            Description = "What it watches has no rows, or rows that only say that it does not answer.",
            Runbook = "Its last error says why. `collector doctor` on that machine tries each source.",
            RunbookSql = "SELECT timestamp, up, duration_seconds, errors, last_error FROM source_status WHERE collector = '{collector}' AND source = '{source}' AND host = '{host}' AND env = '{env}' AND timestamp > dateadd('h', -1, now()) LIMIT -20",
        },
        new("rows-dropped", "Rows dropped")
        {
            Fires = "rows given up in 5 min",
            Sql = Spoken("sum(dropped_delta)", TimeSpan.FromMinutes(5)),
            Limit = Limit.Any,
            For = TenSeconds,
            Severity = Severity.Critical,
            Shown = ("collector", 18),
            Summary = "Collector {collector} on {host} has dropped {value} rows",
            Description = "In the last 5 minutes. They were accepted and are lost.",
            Runbook = "The spool is full, and `when_full: drop_oldest` gives up the oldest. Bring the database back, or give the spool more room.",
            RunbookSql = $"SELECT timestamp, dropped_delta, pending, spool_bytes, spool_limit_bytes, database {Rows} AND timestamp > dateadd('h', -1, now()) AND dropped_delta > 0 LIMIT -50",
        },
        new("books-remainder", "Books do not balance")
        {
            Fires = "a remainder other than 0 in the last row",
            Sql = Last("abs(remainder)"),
            Limit = Limit.Any,
            For = TenSeconds,
            Severity = Severity.Critical,
            Shown = ("collector", 13),
            Summary = $"The books of {Who} lack {{value}} rows",
            Description = "Rows that came in are neither delivered nor pending, quarantined or dropped. That is a fault of the collector.",
            Runbook = "Keep its data folder and its log as they are. `collector spool verify` looks for damage on disk; /metrics has collector_ledger_remainder for each table.",
            RunbookSql = $"SELECT timestamp, accepted, delivered, pending, quarantined, dropped, remainder {Rows} AND timestamp > dateadd('h', -1, now()) LIMIT -20",
        },
        SpoolFull("spool-full", "Spool fills", AlertLimits.SpoolHours, Severity.Warning),
        SpoolFull("spool-full-critical", "Spool fills, critical", AlertLimits.SpoolHoursCritical, Severity.Critical),
        new("table-suspended", "Table suspended")
        {
            Fires = "the database takes a table's rows, and does not show them",
            Sql = Last("CASE WHEN database = 'suspended' THEN 1 ELSE 0 END"),
            Limit = Limit.Any,
            For = TenSeconds,
            Severity = Severity.Critical,
            Shown = ("collector", 30),
            Summary = $"A table of the database of {Who} is suspended",
            Description = "Its rows wait on the collector's disk. Other tables go on.",
            Runbook = "Find the table and its error, mend that (often a full disk), then ALTER TABLE name RESUME WAL. Delivery goes on by itself.",
            RunbookSql = "SELECT * FROM wal_tables() WHERE suspended",
        },
        new("write-to-visible", "Rows are late")
        {
            Fires = "mean time from writing a row to reading it, over 1 min",
            Sql = Spoken("avg(write_to_visible_seconds)", Minute),
            Limit = Limit.Over(AlertLimits.WriteToVisibleSeconds, "s"),
            Decimals = 1,
            For = Minute,
            Severity = Severity.Warning,
            Shown = ("collector", 24),
            Summary = $"The rows of {Who} are seen only after {{value}} s",
            Description = "The limit is {limit}. Dashboards and alerts are late by as much.",
            Runbook = "The database is behind: its disk, its memory, a table with many parts that are written out of order.",
            RunbookSql = "SELECT name, writerTxn, sequencerTxn, sequencerTxn - writerTxn AS behind FROM wal_tables() ORDER BY behind DESC",
        },
    ]);

    /// <summary>
    /// By what the spool has grown in 15 min, once a twentieth of its room is taken: from one row to the next it grows and shrinks by
    /// whole segments, also when all is well.
    /// </summary>
    private static AlertRule SpoolFull(string name, string title, double hours, Severity severity) => new(name, title)
    {
        Fires = "hours until the spool is full, at the pace of the last 15 min, once a twentieth is taken",
        Sql = Spoken(
            """
            CASE WHEN last(spool_bytes) > first(spool_bytes) AND last(spool_bytes) > last(spool_limit_bytes) / 20 THEN
                1.0 * (last(spool_limit_bytes) - last(spool_bytes)) / (last(spool_bytes) - first(spool_bytes)) * datediff('s', min(timestamp), max(timestamp)) / 3600 END
            """,
            TimeSpan.FromMinutes(15)),
        Limit = Limit.Under(hours, "h"),
        Decimals = 1,
        For = Minute,
        Severity = severity,
        Shown = ("collector", 23),
        Summary = $"The spool of {Who} is full in {{value}} h",
        Description = "The limit is {limit}. When it is full, new rows are refused, or the oldest are dropped.",
        Runbook = "Rows come in faster than the database takes them, or a table waits: its page and collector health say which. More room: spool.max_bytes.",
        RunbookSql = $"SELECT timestamp, last(spool_bytes) / 1e6 AS megabytes, last(pending) AS pending, last(database) AS database {Rows} AND timestamp > dateadd('h', -6, now()) SAMPLE BY 10m",
    };

    private static string Last(string value) => AlertSql.Latest(Table, Keys, value, hasState: false, rows: AlertSql.Heard);

    /// <summary>A value of the rows within a time, of those collectors that still speak.</summary>
    private static string Spoken(string value, TimeSpan span) => $"""
        SELECT {Keys}, value
        FROM (
          SELECT {Keys}, max(timestamp) AS timestamp, {value} AS value
          FROM {Table}
          WHERE {AlertSql.Within(span)}
          GROUP BY {Keys}
        )
        WHERE {AlertSql.Heard} AND value IS NOT NULL
        """;
}
