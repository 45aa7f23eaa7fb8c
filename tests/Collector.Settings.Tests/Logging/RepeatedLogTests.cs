using Collector.Settings.Logging;

namespace Collector.Tests.Settings.Logging;

public sealed class RepeatedLogTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(5)]
    public void IsDue_Repeated_IsSoOnceIn10SecondsWhateverTheClockOnTheWall(double jumpedHours)
    {
        var clock = new WatchedClock();
        var repeated = new RepeatedLog(clock);

        Assert.True(repeated.IsDue());
        clock.Jump(TimeSpan.FromHours(jumpedHours));
        clock.Advance(RepeatedLog.Pause - TimeSpan.FromTicks(1));
        Assert.False(repeated.IsDue());
        clock.Advance(TimeSpan.FromTicks(1));
        Assert.True(repeated.IsDue());
        Assert.False(repeated.IsDue());
    }
}
