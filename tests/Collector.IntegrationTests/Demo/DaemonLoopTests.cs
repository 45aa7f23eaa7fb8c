using Demo;
using Microsoft.Extensions.Time.Testing;

namespace Collector.IntegrationTests.Demo;

public sealed class DaemonLoopTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    [Theory]
    [InlineData(1, 3600)]
    [InlineData(60, 60)]
    public void AdvanceTo_AnOperatingHour_HasMadeThirtyFetches(double speed, double seconds)
    {
        var status = new DaemonStatus(new DaemonProfile(), _time);
        using var loop = new DaemonLoop(status, new DaemonProfile(), new DemoOptions { Speed = speed }, _time);

        loop.AdvanceTo(TimeSpan.Zero);
        Assert.Equal(4, status.Report().FetchCount);

        _time.Advance(TimeSpan.FromSeconds(seconds));
        TimeSpan next = loop.AdvanceTo(TimeSpan.FromSeconds(seconds));

        DaemonReport report = status.Report();
        Assert.Equal(30, report.FetchCount);
        Assert.Equal(seconds, report.UptimeSeconds);
        Assert.Equal(_time.GetUtcNow().UtcDateTime, report.LastFetchTime);
        Assert.True(next > TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void Report_NothingHappenedYet_HasNulls()
    {
        DaemonReport report = new DaemonStatus(new DaemonProfile(), _time).Report();

        Assert.False(report.Running);
        Assert.Null(report.LastFetchTime);
        Assert.Null(report.LastError);
    }
}
