using Collector.Lines.Tables;
using Collector.Stores.Sqlite;

namespace Collector.Tests.Stores.Sqlite;

public sealed class RetentionTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-03-31T12:00:00Z");

    [Theory]
    [InlineData("DAY", "TTL 1 DAY", "2026-03-31T10:30:00Z", "2026-03-30T00:00:00Z")]
    [InlineData("DAY", "TTL 24 HOURS", "2026-03-31T00:00:00Z", "2026-03-30T00:00:00Z")]
    [InlineData("HOUR", "TTL 1 DAY", "2026-03-31T10:30:00Z", "2026-03-30T10:00:00Z")]
    [InlineData("WEEK", "TTL 1 WEEK", "2026-03-31T10:30:00Z", "2026-03-23T00:00:00Z")]     // 2026-03-23 is a Monday
    [InlineData("MONTH", "TTL 1 MONTH", "2026-03-31T10:30:00Z", "2026-02-01T00:00:00Z")]
    [InlineData("YEAR", "TTL 1 YEAR", "2026-03-31T10:30:00Z", "2025-01-01T00:00:00Z")]
    [InlineData("DAY", "TTL 1 DAY", "2026-05-01T00:00:00Z", "2026-03-30T00:00:00Z")]       // ahead of the clock: the clock counts
    [InlineData("DAY", "TTL 1 DAY", "1970-01-01T12:00:00Z", null)]
    [InlineData("DAY", "TTL 3000 YEARS", "2026-03-31T10:30:00Z", null)]
    [InlineData("DAY", "", "2026-03-31T10:30:00Z", null)]
    public void Cutoff_NewestRow_IsTheStartOfThePartitionThatStays(string partition, string ttl, string newest, string? cutoff)
    {
        Table table = SchemaReader.Read("t.sql", $"CREATE TABLE t (ts TIMESTAMP, x LONG) TIMESTAMP(ts) PARTITION BY {partition} {ttl} WAL", [])!;

        long? micros = Retention.Cutoff(table, Micros(newest), Now);

        Assert.Equal(cutoff is null ? null : Micros(cutoff), micros);
    }

    private static long Micros(string time) => (DateTimeOffset.Parse(time) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
