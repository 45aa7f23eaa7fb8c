using Collector.Lines.Tables;

namespace Collector.Stores.Sqlite;

/// <summary>
/// Which rows a TTL lets go, as QuestDB counts: whole partitions, gone once their end lies as far behind the table's newest
/// row as the TTL says. A row dated ahead of the clock does not count as newer than the clock, or it could empty the table.
/// </summary>
internal static class Retention
{
    /// <summary>The first timestamp that stays, in microseconds since 1970 UTC; null keeps all.</summary>
    public static long? Cutoff(Table table, long newestMicros, DateTimeOffset now)
    {
        if (table.Ttl is not { } ttl)
        {
            return null;
        }

        DateTimeOffset newest = DateTimeOffset.UnixEpoch.AddMicroseconds(Math.Max(0, newestMicros));
        DateTimeOffset kept = Before(newest < now ? newest : now, ttl);
        DateTimeOffset start = PartitionStart(kept, table.PartitionBy);
        return start <= DateTimeOffset.UnixEpoch ? null : (start - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    }

    private static DateTimeOffset Before(DateTimeOffset time, Ttl ttl)
    {
        try
        {
            return ttl.Unit switch
            {
                TtlUnit.Month => time.AddMonths(-ttl.Value),
                TtlUnit.Year => time.AddYears(-ttl.Value),
                _ => time - ttl.Shortest,
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            return DateTimeOffset.UnixEpoch;
        }
    }

    private static DateTimeOffset PartitionStart(DateTimeOffset time, string partitionBy)
    {
        var day = new DateTimeOffset(time.Year, time.Month, time.Day, 0, 0, 0, TimeSpan.Zero);
        return partitionBy switch
        {
            "HOUR" => day.AddHours(time.Hour),
            "WEEK" => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)), // QuestDB's weeks begin on Monday
            "MONTH" => day.AddDays(1 - day.Day),
            "YEAR" => day.AddDays(1 - day.DayOfYear),
            _ => day,
        };
    }
}
