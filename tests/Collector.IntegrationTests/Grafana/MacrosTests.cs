namespace Collector.IntegrationTests.Grafana;

public sealed class MacrosTests
{
    private static readonly DateTimeOffset From = DateTimeOffset.UnixEpoch.AddSeconds(1);
    private static readonly Zoom OneMinute = new(From, From.AddSeconds(1), TimeSpan.FromMinutes(1));

    [Theory]
    [InlineData("$__timeFilter(ts)", "ts >= cast(1000000 as timestamp) AND ts <= cast(2000000 as timestamp)")]
    [InlineData("$__fromTime $__toTime", "cast(1000000 as timestamp) cast(2000000 as timestamp)")]
    [InlineData("SAMPLE BY $__sampleByInterval", "SAMPLE BY 60s")]
    [InlineData("60000 / ${__interval_ms}", "60000 / 60000")]
    [InlineData("v IN (${some:singlequote})", "v IN ('a','b')")]
    [InlineData("v IN (${some})", "v IN ('a','b')")]
    [InlineData("v = '${one:raw}'", "v = 'c'")]
    [InlineData("$__conditionalAll(v IN (${some:singlequote}), $some)", "v IN ('a','b')")]
    [InlineData("$__conditionalAll(v IN (${all:singlequote}), $all) AND $__conditionalAll(v IN (${one:singlequote}), ${one})", "1=1 AND v IN ('c')")]
    public void Expand_Macro_IsWhatThePluginSends(string query, string sql) => Assert.Equal(sql, Macros.Expand(query, OneMinute, new Dictionary<string, Choice>(StringComparer.Ordinal)
    {
        ["some"] = new(false, "a", "b"),
        ["one"] = new(false, "c"),
        ["all"] = new(true, "a", "b", "c"),
    }));

    [Theory]
    [InlineData("$__timeGroup(ts)")]
    [InlineData("'$nobody'")]
    public void Expand_UnknownName_IsRefused(string query) =>
        Assert.Throws<FormatException>(() => Macros.Expand(query, OneMinute, new Dictionary<string, Choice>(StringComparer.Ordinal)));

    [Theory]
    [InlineData(1, "1s")]
    [InlineData(90, "90s")]
    [InlineData(5400, "1h")]
    [InlineData(86_400, "1d")]
    [InlineData(129_600, "1d")]
    [InlineData(2_592_000, "30d")]
    public void SampleBy_Bucket_IsTruncatedAsThePluginDoes(int seconds, string sampleBy) => Assert.Equal(sampleBy, Macros.SampleBy(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(1, 600, 15, 15)]
    [InlineData(24, 960, 15, 120)]
    [InlineData(168, 480, 15, 1200)]
    [InlineData(2160, 1440, 15, 7200)]
    [InlineData(2160, 480, 15, 21_600)]
    public void For_PanelOfARange_RoundsItsBucketAsGrafanaDoes(int hours, int points, int least, int bucket) =>
        Assert.Equal(TimeSpan.FromSeconds(bucket), new Zoom(From, From.AddHours(hours), TimeSpan.Zero).For(points, TimeSpan.FromSeconds(least)).Bucket);
}
