namespace Collector.Dashboards.Alerting.Content;

internal static class DaemonAlerts
{
    private const string Table = "daemon_metrics";
    private const string Keys = "daemon, host, env";
    private const string Who = "Daemon {daemon} on {host}";
    private const string Rows = "FROM daemon_metrics WHERE daemon = '{daemon}' AND host = '{host}' AND env = '{env}'";

    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    public static AlertGroup Made { get; } = new("Daemons",
    [
        new("daemon-down", "Daemon down")
        {
            Fires = "the last row says that it does not run; its state is in the text",
            Sql = AlertSql.Latest(Table, Keys, "CASE WHEN running OR state = 'unknown' THEN 0 WHEN state = 'unreachable' THEN 2 ELSE 1 END"),
            Limit = Limit.Any,
            States = ["stopped", "unreachable"],
            For = TimeSpan.FromSeconds(10),
            Severity = Severity.Critical,
            Shown = ("health", 20),
            Summary = $"{Who} is {{state}}",
            Description = "It fetches nothing: open interest, funding rates and liquidations are missing from now on.",
            Runbook = "Unreachable: is its process there, does its status page answer on its machine? Stopped: it answers, and says that it was shut down; start it, or find out who stopped it.",
            RunbookSql = $"SELECT timestamp, state, downtime_seconds, last_error {Rows} AND timestamp > dateadd('h', -1, now()) LIMIT -20",
        },
        new("daemon-unknown", "Daemon in an unknown state")
        {
            Fires = "the last row says that it answers, and not whether it runs",
            Sql = AlertSql.Latest(Table, Keys, "CASE WHEN state = 'unknown' THEN 1 ELSE 0 END"),
            Limit = Limit.Any,
            For = TimeSpan.FromMinutes(1),
            Severity = Severity.Warning,
            Shown = ("health", 20),
            Summary = $"{Who} does not say whether it runs",
            Description = "Its status page answers, and has no field running that can be understood. Were it to stop, nobody would be told.",
            Runbook = "The last error of its source names the field. Let the daemon answer running: true, or say where its page tells it (its option fields).",
            RunbookSql = $"SELECT timestamp, state, running, fetch_count {Rows} AND timestamp > dateadd('h', -1, now()) LIMIT -20",
        },
        Memory("daemon-memory", "Daemon memory", AlertLimits.DaemonMemoryMegabytes, FiveMinutes, Severity.Warning),
        Memory("daemon-memory-critical", "Daemon memory, critical", AlertLimits.DaemonMemoryMegabytesCritical, TimeSpan.FromMinutes(1), Severity.Critical),
        new("daemon-errors", "Daemon errors")
        {
            Fires = "errors a minute over 5 min",
            Sql = AlertSql.Over(Table, Keys, "sum(error_count_delta) / 5.0", FiveMinutes),
            Limit = Limit.Over(AlertLimits.DaemonErrorsPerMinute, "a minute"),
            Decimals = 1,
            For = FiveMinutes,
            Severity = Severity.Warning,
            Shown = ("health", 22),
            Summary = $"{Who} has {{value}} errors a minute",
            Description = "Over the last 5 minutes; the limit is {limit}.",
            Runbook = "Read its last errors. One exchange: look at that. All at once: its network, its rate limits, its last release.",
            RunbookSql = $"SELECT timestamp, error_count_delta, last_error {Rows} AND error_count_delta > 0 AND timestamp > dateadd('h', -1, now()) LIMIT -20",
        },
        new("daemon-restarting", "Daemon restarting")
        {
            Fires = "restarts in 15 min",
            Sql = AlertSql.Over(Table, Keys, "sum(restart_count_delta)", TimeSpan.FromMinutes(15)),
            Limit = Limit.Over(AlertLimits.DaemonRestarts),
            Severity = Severity.Warning,
            Shown = ("health", 14),
            Summary = $"{Who} keeps restarting",
            Description = "{value} restarts in 15 minutes; the limit is {limit}.",
            Runbook = "Its log has the end of each run. Memory that grows before each restart: the system may have killed it.",
            RunbookSql = $"SELECT timestamp, uptime_seconds, restart_count, memory_bytes, last_error {Rows} AND timestamp > dateadd('m', -30, now()) LIMIT -100",
        },
    ]);

    private static AlertRule Memory(string name, string title, double limit, TimeSpan lasting, Severity severity) => new(name, title)
    {
        Fires = "resident memory in the last row",
        Sql = AlertSql.Latest(Table, Keys, "memory_bytes / 1e6"),
        Limit = Limit.Over(limit, "MB"),
        For = lasting,
        Severity = severity,
        Shown = ("health", 24),
        Summary = $"{Who} holds {{value}} MB of memory",
        Description = "The limit is {limit}.",
        Runbook = "A steady rise is a leak: plan a restart, and keep a dump first. A step is a load: see what it fetches since then.",
        RunbookSql = $"SELECT timestamp, avg(memory_bytes) / 1e6 AS megabytes {Rows} AND timestamp > dateadd('h', -6, now()) SAMPLE BY 10m",
    };
}
