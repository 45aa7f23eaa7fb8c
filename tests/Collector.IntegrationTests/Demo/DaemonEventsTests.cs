using Demo.Daemons;

namespace Collector.IntegrationTests.Demo;

public sealed class DaemonEventsTests
{
    private static readonly DaemonProfile Profile = DaemonProfile.OiFetcher with { MeanLiquidationInterval = TimeSpan.FromSeconds(90) };

    [Fact]
    public void Stream_SameSeed_IsTheSame() =>
        Assert.Equal(DaemonEvents.Stream(Profile, 7).Take(2000), DaemonEvents.Stream(Profile, 7).Take(2000));

    [Fact]
    public void Stream_AnotherSeed_DiffersInWhatIsRandomAlone()
    {
        DaemonEvent[] one = [.. DaemonEvents.Stream(Profile, 7).Take(2000)];
        DaemonEvent[] other = [.. DaemonEvents.Stream(Profile, 8).Take(2000)];

        Assert.NotEqual(one, other);
        Assert.Equal(Fetches(one).Take(300), Fetches(other).Take(300));
    }

    [Fact]
    public void Stream_AnySeed_IsOrderedByTime()
    {
        TimeSpan[] times = [.. DaemonEvents.Stream(Profile, 3).Take(5000).Select(happened => happened.At)];

        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public void Stream_TwoSymbols_FetchesFourAtStartAndTwentySixAnHour()
    {
        DaemonEvent[] day = [.. DaemonEvents.Stream(Profile, 1).TakeWhile(happened => happened.At <= TimeSpan.FromHours(24))];

        Assert.Equal(4, Fetches(day).Count(fetch => fetch.At == TimeSpan.Zero));
        for (int hour = 0; hour < 24; hour++)
        {
            Assert.Equal(26, Fetches(day).Count(
                fetch => fetch.At > TimeSpan.FromHours(hour) && fetch.At <= TimeSpan.FromHours(hour + 1)));
        }
    }

    [Fact]
    public void Stream_ManyDays_LiquidationsAndErrorsComeAtTheirRates()
    {
        DaemonEvent[] days = [.. DaemonEvents.Stream(Profile, 1).TakeWhile(happened => happened.At <= TimeSpan.FromDays(30))];

        // Expected 28,800 and 936; the bounds are six standard deviations away.
        Assert.InRange(days.Count(happened => happened.Kind == DaemonEventKind.Liquidated), 27_780, 29_820);
        Assert.InRange(days.Count(happened => happened.Kind == DaemonEventKind.Failed), 752, 1_120);
        Assert.All(
            days.Where(happened => happened.Kind == DaemonEventKind.Failed),
            failed => Assert.Matches("^.*(BTCUSDT|ETHUSDT)$", failed.Error));
    }

    private static IEnumerable<DaemonEvent> Fetches(IEnumerable<DaemonEvent> events) =>
        events.Where(happened => happened.Kind == DaemonEventKind.Fetched);
}
