using Collector.Pipe.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Capabilities.Status;

public sealed class SpoolForecastTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SpoolForecast _forecast;

    public SpoolForecastTests() => _forecast = new SpoolForecast(_clock);

    [Fact]
    public void Look_ForTooShort_DoesNotKnow()
    {
        for (int second = 0; second < 10; second++)
        {
            Assert.Equal((SpoolTrend.Unknown, null), _forecast.Look(second * 1000, 1_000_000));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public void Look_GrowsEvenly_TellsWhenItIsFull()
    {
        (SpoolTrend trend, TimeSpan? untilFull) = Looks(30, second => second * 1000);

        Assert.Equal(SpoolTrend.Filling, trend);
        Assert.Equal(100, untilFull!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void Look_GoesUpAndDownWithEveryBatch_IsSteady() =>
        Assert.Equal((SpoolTrend.Steady, null), Looks(59, second => second % 4 * 50_000));

    [Fact]
    public void Look_GrowsByNextToNothing_IsSteady() => Assert.Equal((SpoolTrend.Steady, null), Looks(30, second => second / 25 * 10, left: 1L << 30));

    [Fact]
    public void Look_Shrinks_IsSteady() => Assert.Equal((SpoolTrend.Steady, null), Looks(30, second => 1_000_000 - (second * 1000)));

    [Fact]
    public void Look_AfterALongPause_BeginsAnew()
    {
        Looks(30, second => second * 1000);
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal((SpoolTrend.Unknown, null), _forecast.Look(0, 100_000));
    }

    private (SpoolTrend Trend, TimeSpan? UntilFull) Looks(int seconds, Func<int, long> pending, long left = 100_000)
    {
        (SpoolTrend, TimeSpan?) last = default;
        for (int second = 0; second <= seconds; second++)
        {
            last = _forecast.Look(pending(second), left);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        return last;
    }
}
