namespace Collector.Dashboards;

/// <summary>
/// What is told per span of time: a value of each whole bucket, and one more, the newest, of a bucket's length up to the end of the
/// range, where it stands. The bucket that the end cuts has no value of its own: little of it is covered at first, so that one record would look
/// like many, and none like a standstill.
/// </summary>
/// <remarks>docs/decisions/026-the-newest-rate-looks-back-one-bucket.md says why, and what a series shows that has just begun.</remarks>
internal static class Rates
{
    /// <summary>Seconds of a span of time, to which a rate is brought.</summary>
    public const int PerSecond = 1;
    public const int PerMinute = 60;
    public const int PerHour = 3600;
    public const int PerDay = 86_400;

    /// <summary>Seconds of a bucket.</summary>
    private const string Bucket = "${__interval_ms} / 1000";

    /// <summary>
    /// Seconds that a rate is taken over at the least, when its series has only just begun: a minute, and a fifth of a long bucket. Until
    /// then it is too low rather than too high.
    /// </summary>
    private const string Least = $"least({Bucket}, greatest(60, {Bucket} / 5))";

    /// <summary>Where the newest value begins to count.</summary>
    private const string NewestFrom = $"dateadd('s', -{Bucket}, $__toTime)";

    private const string WholeBuckets = $"time >= $__fromTime AND time <= {NewestFrom}";

    /// <summary>The increase of a counter, as <c>value</c>, brought to a span of time.</summary>
    /// <param name="rows">A table and a condition: <c>t WHERE …</c>.</param>
    /// <param name="label">What tells the series apart.</param>
    /// <param name="increase">The column that holds the increase.</param>
    /// <param name="per">The span's seconds, such as <see cref="PerMinute"/>.</param>
    public static string Of(string rows, string label, string increase, int per) =>
        Of(Fragments.Buckets(rows, label, Sums(increase)), rows, label, increase, per);

    /// <summary>The same, where the buckets of a long range are read elsewhere.</summary>
    /// <param name="buckets">What <see cref="Fragments.Buckets"/> makes of <see cref="Sums"/>.</param>
    public static string Of(string buckets, string rows, string label, string increase, int per) => Joined(
        $"""
        SELECT time, {label}, {per}.0 * total / CASE WHEN began > time AND began > dateadd('s', {Bucket}, $__fromTime)
                 THEN greatest({Least}, {Bucket} - datediff('s', time, began)) ELSE {Bucket} END AS value
        FROM (SELECT time, {label}, total, min(first) OVER (PARTITION BY {label}) AS began FROM (
        {buckets}
        ))
        """,
        $"""
        SELECT $__toTime AS time, {label}, {per}.0 * sum({Newest(increase)})
                 / CASE WHEN min(timestamp) <= {NewestFrom} THEN {Bucket} ELSE greatest({Least}, datediff('s', min(timestamp), $__toTime)) END AS value
        FROM {OfLastBuckets(rows)}
        """,
        label);

    /// <summary>The increase in a bucket, and when its first row came.</summary>
    public static (string Name, string Of)[] Sums(string increase) => [("total", $"sum({increase})"), ("first", "min(timestamp)")];

    /// <summary>The share that one increase has in another.</summary>
    /// <param name="buckets">The share in each bucket, as <c>value</c>.</param>
    public static string Share(string buckets, string rows, string label, string part, string whole) => Joined(
        $"SELECT time, {label}, value FROM ({buckets})",
        $"SELECT $__toTime AS time, {label}, {Share(Newest(part), Newest(whole))} AS value FROM {OfLastBuckets(rows)}",
        label);

    /// <summary>Of nothing there is no share.</summary>
    public static string Share(string part, string whole) => $"CASE WHEN sum({whole}) > 0 THEN cast(sum({part}) AS double) / sum({whole}) END";

    /// <summary>What a size grows by, added up over its series. Of one row alone nobody can tell.</summary>
    /// <param name="label">What the sum is for.</param>
    /// <param name="keys">What tells the series apart, <paramref name="label"/> among them.</param>
    public static string Growth(string rows, string label, string keys, string size, int per) => Joined(
        $"""
        SELECT time, {label}, {per}.0 * sum(size - before) / ({Bucket}) AS value FROM (
          SELECT time, {label}, size, lag(size) OVER (PARTITION BY {keys} ORDER BY time) AS before
          FROM ({Fragments.Buckets(rows, keys, ("size", $"last({size})"))})
        ) GROUP BY time, {label}
        """,
        $"""
        SELECT $__toTime AS time, {label}, sum(value) AS value FROM (
          SELECT {keys}, {per}.0 * (last({size}) - first({size})) / greatest({Least}, datediff('s', min(timestamp), max(timestamp))) AS value, count() AS n
          FROM {OfLastBuckets(rows)} AND timestamp > {NewestFrom} GROUP BY {keys}
        ) WHERE n > 1 GROUP BY {label}
        """,
        label);

    private static string Joined(string whole, string newest, string label) => $"""
        SELECT time, {label}, value FROM (
        SELECT * FROM ({whole}) WHERE {WholeBuckets}
        UNION ALL
        {newest}
        ) ORDER BY time, {label}
        """;

    private static string Newest(string column) => $"CASE WHEN timestamp > {NewestFrom} THEN {column} END";

    /// <summary>
    /// The rows of the last two buckets' length, however short the range is: of the first of them only whether there were any counts, which
    /// tells a series that has just begun.
    /// </summary>
    private static string OfLastBuckets(string rows) => rows.Replace(
        Fragments.InRange, $"timestamp > dateadd('s', -2 * {Bucket}, $__toTime) AND timestamp <= $__toTime", StringComparison.Ordinal);
}
