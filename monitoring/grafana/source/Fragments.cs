namespace Collector.Dashboards;

/// <summary>Pieces of SQL that every dashboard needs in the same form.</summary>
internal static class Fragments
{
    /// <summary>
    /// Conditions by which a query reads a table while buckets are short, and from 5 minutes on its view by the minute, as two halves of
    /// a UNION ALL: both are constants, so that the database opens only the one that is meant. The view is a minute late.
    /// </summary>
    public const string WhileShort = "${__interval_ms} < 300000";
    public const string WhileLong = "${__interval_ms} >= 300000";

    /// <summary>The condition that every query has.</summary>
    internal const string InRange = "$__timeFilter(timestamp)";

    /// <summary>The condition for the rows of the range and of what is chosen at the top. A choice of all is none.</summary>
    public static string Rows(params string[] choices) =>
        InRange + string.Concat(choices.Select(choice => $" AND $__conditionalAll({choice} IN (${{{choice}:singlequote}}), ${choice})"));

    /// <summary>
    /// Values of each bucket, of which there is one for each point that the panel can draw. What is missing stays missing. First all
    /// cores group the rows, and then the few that come out are filled up: FILL over the rows themselves reads them twice, on one core.
    /// </summary>
    /// <param name="rows">A table and a condition: <c>t WHERE …</c>.</param>
    /// <param name="labels">What tells the series apart; empty for one series.</param>
    /// <param name="values">A column's name, and the aggregate that it is.</param>
    public static string Buckets(string rows, string labels, params (string Name, string Of)[] values)
    {
        string series = labels.Length == 0 ? "" : $", {labels}";
        return $"""
            SELECT time{series}, {string.Join(", ", values.Select(value => $"first({value.Name}) AS {value.Name}"))} FROM (
              (SELECT timestamp_floor('$__sampleByInterval', timestamp) AS time{series}, {string.Join(", ", values.Select(value => $"{value.Of} AS {value.Name}"))}
              FROM {rows} GROUP BY time{series}) ORDER BY time
            ) TIMESTAMP(time) SAMPLE BY $__sampleByInterval FILL(NULL)
            """;
    }

    /// <summary>
    /// The state of things at the end of the range: the last row of each series that had one in its last day. A series that has been
    /// silent for longer is no longer now, for the alerts neither; and months need not be read to find that out.
    /// </summary>
    public static string Current(string table, string keys, string rows) => Latest(table, keys, $"{rows} AND timestamp >= dateadd('d', -1, $__toTime)");

    /// <summary>The last row of each series in the range.</summary>
    /// <param name="keys">The table's keys.</param>
    /// <param name="rows">A condition, as <see cref="Rows"/> gives it.</param>
    public static string Latest(string table, string keys, string rows) =>
        $"(SELECT * FROM {table} WHERE {rows} LATEST ON timestamp PARTITION BY {keys})";
}
