namespace Collector.Dashboards.Alerting;

/// <summary>
/// The forms that the rules' queries have. Time is the database's own, <c>now()</c>, so that a query runs anywhere as it stands.
/// </summary>
internal static class AlertSql
{
    /// <summary>Rows of the time in which a series still counts.</summary>
    public static readonly string Living = Within(TimeSpan.FromHours(AlertLimits.LivingHours));

    /// <summary>Rows of a collector that speaks.</summary>
    public static readonly string Heard = Within(TimeSpan.FromSeconds(AlertLimits.SilentSeconds));

    public static string Within(TimeSpan span) => (span.TotalHours, span.TotalMinutes) switch
    {
        ( >= 1, _) => $"timestamp > dateadd('h', -{span.TotalHours}, now())",
        (_, >= 1) => $"timestamp > dateadd('m', -{span.TotalMinutes}, now())",
        _ => $"timestamp > dateadd('s', -{span.TotalSeconds}, now())",
    };

    /// <summary>A value of the last row of each series.</summary>
    /// <param name="hasState">The table tells which series are retired.</param>
    public static string Latest(string table, string keys, string value, bool hasState = true, string? rows = null) => WhileHeard(
        keys,
        $"""
        SELECT {keys}, {(hasState ? "state, " : "")}{value} AS value
        FROM {table}
        WHERE {rows ?? Living}
        LATEST ON timestamp PARTITION BY {keys}
        """,
        hasState);

    /// <summary>A value of all rows of each series within a time.</summary>
    /// <param name="hasState">The table tells which series are retired.</param>
    public static string Over(string table, string keys, string value, TimeSpan span, bool hasState = true) => WhileHeard(
        keys,
        $"""
        SELECT {keys}, {(hasState ? "last(state) AS state, " : "")}{value} AS value
        FROM {table}
        WHERE {Within(span)}
        GROUP BY {keys}
        """,
        hasState);

    /// <summary>
    /// The series that count, while a collector speaks: behind its last word rows are missing for reasons of its own, and one alert
    /// is enough. A value that was not read is no value.
    /// </summary>
    /// <param name="series">Gives the keys, <c>value</c>, and <c>state</c> where the table has one.</param>
    public static string WhileHeard(string keys, string series, bool hasState) =>
        $"""
        SELECT {keys}, value
        FROM (
        {Indented(series)}
        )
        CROSS JOIN (SELECT count() AS heard FROM collector_status WHERE {Heard})
        WHERE heard > 0 AND value IS NOT NULL{(hasState ? " AND state != 'retired'" : "")}
        """;

    public static string Indented(string text) => "  " + text.ReplaceLineEndings("\n  ");
}
