using Collector.Sources.Exchange;

namespace Collector.Tests.Sources.Exchange;

public sealed class ReconnectPauseTests
{
    private static readonly ExchangeOptions Options = new() { Preset = "okx", Channels = ["trades"] };

    [Theory]
    [InlineData(0.0, 0.5)]
    [InlineData(0.999999, 1)]
    public void Next_DoublesUpToItsLimitAndIsDrawnFromTheUpperHalf(double drawn, double share)
    {
        var pause = new ReconnectPause(Options, new Drawn(drawn));

        double[] seconds = [.. Enumerable.Range(0, 100).Select(_ => pause.Next(TimeSpan.Zero, null).TotalSeconds)];

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60], seconds[..8].Select(second => Math.Round(second / share, 3)));
        Assert.Equal(60, Math.Round(seconds[^1] / share, 3));
    }

    [Fact]
    public void Next_AfterAStableConnection_BeginsAnew()
    {
        var pause = new ReconnectPause(Options, new Drawn(0));
        pause.Next(TimeSpan.Zero, null);
        pause.Next(TimeSpan.FromSeconds(59), null);

        Assert.Equal(2, pause.Next(TimeSpan.FromSeconds(59), null).TotalSeconds);
        Assert.Equal(0.5, pause.Next(TimeSpan.FromSeconds(60), null).TotalSeconds);
    }

    [Theory]
    [InlineData(90, 90)]
    [InlineData(0.1, 0.5)]
    [InlineData(-5, 0.5)]
    [InlineData(1_000_000, 900)]
    public void Next_VenueAsksForAPause_IsTheLongerOneWithinReason(double asked, double seconds) =>
        Assert.Equal(seconds, new ReconnectPause(Options, new Drawn(0)).Next(TimeSpan.Zero, TimeSpan.FromSeconds(asked)).TotalSeconds);

    private sealed class Drawn(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
