using System.Text.Json;
using Collector.Dashboards;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Grafana;

/// <summary>What a rate tells of a counter that grows by one a second and is read every 5 s.</summary>
[Collection(SharedQuestDb.Collection)]
public sealed class RatesTests(SharedQuestDb database)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    /// <summary>Where a bucket of five minutes, and one of an hour, begins.</summary>
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _table = SharedQuestDb.UniqueName("rates");

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(37)]
    [InlineData(299)]
    public async Task Of_WhereverInABucketTheRangeEnds_DoesNotDiveOrJump(int seconds)
    {
        await ReadAsync(from: -7200, to: seconds);

        List<(DateTimeOffset Time, double? Value)> rates = await AskAsync(Rate(), from: -3600, to: seconds);

        Assert.Equal(Begin.AddSeconds(seconds), rates[^1].Time);
        Assert.InRange(rates.Count, 12, 14);
        Assert.All(rates, rate => Assert.InRange(rate.Value ?? 0, 0.98, 1.02));
    }

    [SkippableTheory]
    [InlineData(5, 5.0 / 60)]
    [InlineData(30, 0.5)]
    [InlineData(60, 1)]
    [InlineData(100, 1)]
    [InlineData(200, 1)]
    public async Task Of_SeriesThatHasJustBegun_IsOfTheTimeSinceAndOfAMinuteAtLeast(int age, double expected)
    {
        await ReadAsync(from: 10, to: 10 + age);

        List<(DateTimeOffset Time, double? Value)> rates = await AskAsync(Rate(), from: -3600, to: 10 + age);

        Assert.Equal(expected, Assert.Single(rates).Value ?? 0, 0.01);
    }

    [SkippableFact]
    public async Task Of_TheBucketInWhichItsSeriesBegan_IsOfTheRestOfIt()
    {
        await ReadAsync(from: 200, to: 610);

        List<(DateTimeOffset Time, double? Value)> rates = await AskAsync(Rate(), from: -3600, to: 610);

        Assert.Equal(3, rates.Count);
        Assert.All(rates, rate => Assert.InRange(rate.Value ?? 0, 0.93, 1.02));
    }

    [SkippableFact]
    public async Task Of_SeriesThatHasGone_EndsAndHasNoNewest()
    {
        await ReadAsync(from: -7200, to: 0);

        List<(DateTimeOffset Time, double? Value)> rates = await AskAsync(Rate(), from: -3600, to: 400);

        Assert.Null(rates[^1].Value);
        Assert.InRange(rates.Last(rate => rate.Value > 0.1).Value ?? 0, 0.98, 1.02);
    }

    [SkippableFact]
    public async Task Of_RangeShorterThanABucket_IsOfAWholeBucketAllTheSame()
    {
        await ReadAsync(from: -7200, to: 600);

        (DateTimeOffset time, double? value) = Assert.Single(await AskAsync(Rate(), from: 0, to: 600, bucket: 3600));

        Assert.Equal((Begin.AddSeconds(600), 1), (time, Math.Round(value ?? 0, 2)));
    }

    [SkippableTheory]
    [InlineData(5, 5.0 / 60)]
    [InlineData(100, 1)]
    [InlineData(2000, 1)]
    public async Task Growth_OfTwoReadings_IsTheirPace(int age, double expected)
    {
        await ReadAsync(from: 10, to: 10 + age);

        List<(DateTimeOffset Time, double? Value)> grown = await AskAsync(Growth(), from: -3600, to: 10 + age);

        Assert.Equal(expected, grown[^1].Value ?? 0, 0.01);
    }

    [SkippableFact]
    public async Task Growth_OfOneReading_IsNotKnown()
    {
        await ReadAsync(from: 10, to: 10);

        Assert.Empty(await AskAsync(Growth(), from: -3600, to: 40));
    }

    private string Rate() => Rates.Of($"{_table} WHERE {Fragments.Rows()}", "name", "grown", Rates.PerSecond);

    private string Growth() => Rates.Growth($"{_table} WHERE {Fragments.Rows()}", "name", "name", "total", Rates.PerSecond);

    /// <summary>Rows from so many seconds after <see cref="Begin"/> to so many. The first has nothing before it to have grown from.</summary>
    private async Task ReadAsync(int from, int to)
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);
        long rows = ((to - from) / 5) + 1;
        await database.Client.ExecAsync($"CREATE TABLE {_table} (timestamp TIMESTAMP, name SYMBOL, total LONG, grown LONG) TIMESTAMP(timestamp) PARTITION BY DAY WAL");
        await database.Client.ExecAsync(
            $"INSERT INTO {_table} SELECT dateadd('s', cast({from} + 5 * (x - 1) AS INT), cast({Begin.ToUnixTimeMilliseconds()}000 AS TIMESTAMP)), 'a', 5 * x, CASE WHEN x > 1 THEN 5 END FROM long_sequence({rows})");
        await database.Client.ExecUntilAsync($"SELECT count() FROM {_table}", answer => answer.Rows[0][0].GetInt64() == rows, Soon);
    }

    private async Task<List<(DateTimeOffset Time, double? Value)>> AskAsync(string sql, int from, int to, int bucket = 300)
    {
        var zoom = new Zoom(Begin.AddSeconds(from), Begin.AddSeconds(to), TimeSpan.FromSeconds(bucket));
        QuestDbAnswer answer = await database.Client.ExecAsync(Macros.Expand(sql, zoom, new Dictionary<string, Choice>(StringComparer.Ordinal)));
        return [.. answer.Rows.Select(row => (row[0].GetDateTimeOffset(), row[2].ValueKind == JsonValueKind.Null ? null : (double?)row[2].GetDouble()))];
    }
}
