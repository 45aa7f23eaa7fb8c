namespace Collector.Dashboards.Alerting.Content;

internal static class PipelineAlerts
{
    private const string Keys = "exchange, symbol, data_type, host, env";
    private const string Who = "{data_type} of {exchange}{ symbol}, seen from {host},";
    private const string Series = "exchange = '{exchange}' AND symbol = '{symbol}' AND data_type = '{data_type}' AND host = '{host}' AND env = '{env}'";
    private const string Gaps = $"SELECT timestamp, gap_id, state, opened_at, duration_seconds, expected_interval_seconds, missing_records FROM data_gaps WHERE {Series} AND timestamp > dateadd('d', -1, now()) LIMIT -50";

    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    public static AlertGroup Made { get; } = new("Pipelines",
    [
        new("pipeline-gap", "Pipeline gap")
        {
            Fires = "a gap is open: silent for more than 1.5 × the expected interval",
            Sql = OpenGaps("sum(CASE WHEN state = 'open' THEN 1 ELSE 0 END)"),
            Limit = Limit.Any,
            Severity = Severity.Warning,
            Shown = ("pipeline", 24),
            Summary = $"{Who} has a gap",
            Description = "Records that were expected have not come.",
            Runbook = "Is the daemon up, the exchange connected? A gap that only the storage has lies between fetching and writing.",
            RunbookSql = Gaps,
        },
        new("pipeline-gap-large", "Pipeline gap, large")
        {
            Fires = "an open gap, beyond its expected interval",
            Sql = OpenGaps("max(CASE WHEN state = 'open' THEN duration_seconds - expected_interval_seconds ELSE 0 END)"),
            Limit = Limit.Over(AlertLimits.GapSecondsBeyondInterval, "s"),
            Severity = Severity.Critical,
            Shown = ("pipeline", 24),
            Summary = $"{Who} is {{value}} s late",
            Description = "An open gap, longer than {limit} beyond the expected interval. What is missing has to be fetched again, where the venue keeps it.",
            Runbook = "As for a gap. When data comes again, fetch the missing range from the venue's history.",
            RunbookSql = Gaps,
        },
        new("pipeline-silent", "Pipeline silent")
        {
            Fires = "no record for so many expected intervals",
            Sql = OpenGaps("max(CASE WHEN state = 'open' THEN duration_seconds / expected_interval_seconds ELSE 0 END)"),
            Limit = Limit.Over(AlertLimits.SilentIntervals, "intervals"),
            Decimals = 1,
            Severity = Severity.Warning,
            Shown = ("pipeline", 23),
            Summary = $"{Who} has been silent for {{value}} intervals",
            Description = "The limit is {limit}. This is no late record any more: the series has stopped.",
            Runbook = "Does the venue still list the symbol? If not, take it out of the configuration: its gap is then retired.",
            RunbookSql = Gaps,
        },
        new("pipeline-latency", "Pipeline latency")
        {
            Fires = "mean from fetch to storage over 5 min",
            Sql = AlertSql.Over("pipeline_metrics", Keys, "avg(latency_ms)", FiveMinutes, hasState: false),
            Limit = Limit.Over(AlertLimits.PipelineMilliseconds, "ms"),
            For = FiveMinutes,
            Severity = Severity.Warning,
            Shown = ("pipeline", 27),
            Summary = $"{Who} takes {{value}} ms from fetch to storage",
            Description = "Mean over 5 minutes; the limit is {limit}.",
            Runbook = "All series of a host: its disk, its processor. One exchange: its latency.",
            RunbookSql = "SELECT exchange, data_type, avg(latency_ms) AS latency_ms FROM pipeline_metrics WHERE host = '{host}' AND timestamp > dateadd('m', -15, now()) GROUP BY exchange, data_type ORDER BY latency_ms DESC",
        },
    ]);

    /// <summary>
    /// A value of the gaps of each series, each by its last row. Their lengths are those that the rows tell, not the time until now:
    /// who looks for gaps knows when nobody looked.
    /// </summary>
    private static string OpenGaps(string value) => AlertSql.WhileHeard(
        Keys,
        $"""
        SELECT {Keys}, {value} AS value
        FROM (
          SELECT {Keys}, state, duration_seconds, expected_interval_seconds
          FROM data_gaps
          WHERE {AlertSql.Living}
          LATEST ON timestamp PARTITION BY gap_id, {Keys}
        )
        GROUP BY {Keys}
        """,
        hasState: false);
}
