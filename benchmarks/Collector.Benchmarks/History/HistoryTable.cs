using Collector.Lines.Tables;

namespace Collector.Benchmarks.History;

/// <summary>
/// Rows of one table that the database itself makes, out of the numbers of a series (<c>i</c>, from 0) and the seconds since 1970
/// (<c>s</c>): the same rows for the same time, but for what is said to be random.
/// </summary>
/// <param name="Series">How many series there are; each has a row every <paramref name="Seconds"/>.</param>
/// <param name="Columns">The columns that are written, each with its SQL over <c>i</c> and <c>s</c>.</param>
internal sealed record HistoryTable(string Name, int Series, int Seconds, params (string Column, string Sql)[] Columns)
{
    /// <summary>Which rows there are; null for all of them.</summary>
    public string? Where { get; init; }

    public long RowsPerDay => 86_400L / Seconds * Series;

    /// <summary>
    /// A counter and its increase. It begins anew wherever <paramref name="since"/> does.
    /// </summary>
    /// <param name="since">Seconds that it has counted, as SQL.</param>
    /// <param name="rate">By how much it grows in a second, as SQL.</param>
    public static (string, string)[] Counter(string column, string since, string rate, int seconds) =>
    [
        (column, $"cast(({since}) * ({rate}) AS LONG)"),
        ($"{column}_delta", $"CASE WHEN {since} < {seconds} THEN cast(({since}) * ({rate}) AS LONG) ELSE cast(({since}) * ({rate}) AS LONG) - cast(({since} - {seconds}) * ({rate}) AS LONG) END"),
    ];

    /// <summary>The statement that writes the rows of a stretch of whole <see cref="Seconds"/>, in the order of their time.</summary>
    public string Insert(Table table, DateTimeOffset from, DateTimeOffset to)
    {
        long rows = (to - from).Ticks / TimeSpan.TicksPerSecond / Seconds * Series;
        long first = from.ToUnixTimeSeconds();
        // Series are read one after the other, a millisecond apart.
        string at = $"{first} + (x - 1) / {Series} * {Seconds}";
        return $"""
            INSERT INTO {Name} ({table.TimestampName}, {string.Join(", ", Columns.Select(column => column.Column))})
            SELECT at, {string.Join(", ", Columns.Select(column => column.Sql))} FROM (
              SELECT cast(({at}) * 1000000 + (x - 1) % {Series} * 1000 AS TIMESTAMP) AS at, cast((x - 1) % {Series} AS INT) AS i, {at} AS s
              FROM long_sequence({rows})
            ){(Where is null ? "" : $" WHERE {Where}")}
            """;
    }
}
