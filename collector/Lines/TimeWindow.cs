using Collector.Lines.Tables;

namespace Collector.Lines;

/// <summary>The timestamps a table takes now, in microseconds since 1970 UTC.</summary>
/// <remarks>
/// QuestDB evicts by whole partitions counted from the newest row: one row dated far ahead can empty a table, and one
/// older than the TTL is evicted at once, unseen. Both are turned away here.
/// </remarks>
public readonly record struct TimeWindow(long Earliest, long Latest)
{
    /// <summary>Every time there is, for rows that were checked before.</summary>
    public static readonly TimeWindow Any = new(long.MinValue, long.MaxValue);

    public static TimeWindow At(DateTimeOffset now, Table table)
    {
        long micros = Micros(now);
        long kept = table is { IsMade: false, Ttl: { } ttl } ? (long)ttl.Shortest.TotalMicroseconds : long.MaxValue;
        return new TimeWindow(Math.Max(0, micros - kept), micros + (long)LineLimits.Ahead.TotalMicroseconds);
    }

    public bool Contains(long micros) => micros >= Earliest && micros <= Latest;

    public string Problem(long micros) => micros > Latest
        ? $"the timestamp {Text(micros)} is more than {LineLimits.Ahead.TotalMinutes:0} min ahead of this machine's clock"
        : $"the timestamp {Text(micros)} is older than the table keeps its rows";

    public static long Micros(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>ISO 8601, or the number where the calendar ends.</summary>
    public static string Text(long micros) => micros is >= 0 and < 253_402_300_800_000_000
        ? DateTimeOffset.UnixEpoch.AddMicroseconds(micros).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ")
        : $"{micros} µs";
}
