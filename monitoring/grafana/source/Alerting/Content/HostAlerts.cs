namespace Collector.Dashboards.Alerting.Content;

internal static class HostAlerts
{
    public static AlertGroup Made { get; } = new("Machines",
    [
        Disk("disk", "Disk", AlertLimits.DiskPercent, Severity.Warning),
        Disk("disk-critical", "Disk, critical", AlertLimits.DiskPercentCritical, Severity.Critical),
    ]);

    private static AlertRule Disk(string name, string title, double limit, Severity severity) => new(name, title)
    {
        Fires = "share used of the fullest local file system, in the last row",
        Sql = AlertSql.Latest("host_metrics", "host, env", "CASE WHEN disk_total_bytes > 0 THEN 100.0 * disk_used_bytes / disk_total_bytes END", hasState: false),
        Limit = Limit.Over(limit, "%"),
        Decimals = 1,
        For = TimeSpan.FromMinutes(5),
        Severity = severity,
        Shown = ("host", 22),
        Summary = "The fullest disk of {host} is {value} % full",
        Description = "The limit is {limit}. The query of the runbook says which one, and how fast it grows.",
        Runbook = "See what grows: logs, the catalog of data, the database, the collector's spool. A full disk stops them all.",
        RunbookSql = "SELECT timestamp, last(disk_mount) AS mount, last(disk_used_bytes) / 1e9 AS used_gb, last(disk_total_bytes) / 1e9 AS total_gb FROM host_metrics WHERE host = '{host}' AND env = '{env}' AND timestamp > dateadd('d', -1, now()) SAMPLE BY 1h",
    };
}
