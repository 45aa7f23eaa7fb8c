using Collector.Pipe.Delivery;
using FsCheck.Xunit;

namespace Collector.Tests.Pipe.Delivery;

public sealed class RetryDelayTests
{
    private static readonly DeliveryOptions Options = new() { RetryDelay = TimeSpan.FromMilliseconds(250), RetryMaxDelay = TimeSpan.FromSeconds(10) };

    [Property(MaxTest = 500)]
    public void Of_AnyAttempt_IsDrawnBetweenZeroAndTheDoubledDelay(FsCheck.NonNegativeInt attempt, byte draw)
    {
        double random = draw / 255.0;
        double longest = Math.Min(0.25 * Math.Pow(2, attempt.Get), 10);

        TimeSpan delay = RetryDelay.Of(new Outcome.Retry("busy"), attempt.Get, Options, random);

        Assert.Equal(random * longest, delay.TotalSeconds, 1e-6);
    }

    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(1, 0.5)]
    [InlineData(5, 8)]
    [InlineData(6, 10)]
    [InlineData(int.MaxValue, 10)]
    public void Of_HighestDraw_IsTheBound(int attempt, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryDelay.Of(new Outcome.Unknown("no answer"), attempt, Options, 1));

    [Theory]
    [InlineData(7, 7)]
    [InlineData(3, 5)]
    [InlineData(0, 5)]
    [InlineData(-3, 5)]
    [InlineData(86_400, 300)]
    public void Of_StoreAsksForAPause_IsAtLeastThatWithinFiveMinutes(double asked, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryDelay.Of(new Outcome.Retry("busy", TimeSpan.FromSeconds(asked)), 9, Options, 0.5));
}
