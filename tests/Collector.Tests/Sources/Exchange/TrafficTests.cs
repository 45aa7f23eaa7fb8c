using System.Text;
using Collector.Sources.Exchange;

namespace Collector.Tests.Sources.Exchange;

public sealed class TrafficTests
{
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] Heartbeat = Encoding.UTF8.GetBytes("""{"channel":"heartbeat"}""");

    private readonly WatchedClock _clock = new();
    private readonly ClockEstimate _estimate;
    private readonly Traffic _traffic;

    public TrafficTests()
    {
        _estimate = new ClockEstimate(_clock);
        _traffic = Of("trades");
        _traffic.Begin();
    }

    [Fact]
    public void Take_Flood_LooksIntoOneMessageASampleIntervalAndAllocatesNothing()
    {
        _estimate.Add(_clock.GetTimestamp(), _clock.GetTimestamp(), _clock.GetUtcNow(), _clock.GetUtcNow(), TimeSpan.Zero);
        byte[] trade = Trade(0);

        Assert.Equal(0, Allocation.Least(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                if (i % 1000 == 0)
                {
                    _clock.Advance(Sample); // each sample is a message that is looked into
                }

                _traffic.Take(trade, isWhole: true);
            }
        }) - Allocation.Least(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                _clock.Advance(Sample);
            }
        }));
    }

    [Fact]
    public void Take_DataWithinTheInterval_IsCountedAndTakenForData()
    {
        Assert.True(_traffic.Take(Trade(0), true));
        Assert.True(_traffic.Take("not looked into"u8, true));
        _clock.Advance(Sample);
        Assert.False(_traffic.Take("looked into"u8, true));

        Assert.Equal(3, _traffic.Now().Messages);
    }

    [Fact]
    public void Take_ManyThatAreNoData_AreNotAllLookedInto()
    {
        for (int i = 0; i < 16; i++)
        {
            Assert.False(_traffic.Take(Heartbeat, true));
        }

        Assert.False(_traffic.Take(Trade(0), true)); // not looked into any more
        _clock.Advance(Sample);
        Assert.True(_traffic.Take(Trade(0), true));
    }

    [Fact]
    public void Take_ChannelWithoutEventTime_TakesEveryMessageForDataButARefusal()
    {
        Traffic traffic = Of("unheard-of");

        Assert.False(traffic.Take("""{"success":false}"""u8, true));
        Assert.True(traffic.Take(Heartbeat, true));
    }

    [Fact]
    public void Silence_CountsFromTheLastDataAndFromEachConnection()
    {
        _clock.Advance(TimeSpan.FromSeconds(5));
        _traffic.Begin();
        _clock.Advance(TimeSpan.FromSeconds(3));
        _traffic.Take(Heartbeat, true);
        Assert.Equal(3, _traffic.Silence().TotalSeconds);

        _traffic.Take(Trade(0), true);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, _traffic.Silence().TotalSeconds);
        _traffic.Begin();
        Assert.Equal(0, _traffic.Silence().TotalSeconds);
    }

    [Fact]
    public void Now_Delay_IsTheMeanOfThoseLookedInto()
    {
        _estimate.Add(_clock.GetTimestamp(), _clock.GetTimestamp(), _clock.GetUtcNow(), _clock.GetUtcNow(), TimeSpan.Zero);
        _traffic.Begin();
        _clock.Advance(TimeSpan.FromSeconds(1));
        _traffic.Take(Trade(-10), true);
        _traffic.Take(Trade(-500), true);
        _clock.Advance(Sample);
        _traffic.Take(Trade(-30), true);

        Assert.Equal(20, _traffic.Now().Delay!.Value.TotalMilliseconds);
        Assert.Null(_traffic.Now().Delay);
    }

    private byte[] Trade(double ms) => Encoding.UTF8.GetBytes($$"""{"data":[{"T":{{(_clock.GetUtcNow().AddMilliseconds(ms)).ToUnixTimeMilliseconds()}}}]}""");

    private Traffic Of(string channel) =>
        new(VenueProtocol.Of(new ExchangeOptions { Preset = "bybit", Channels = [channel], Symbols = ["BTC"] }, channel), _estimate, Sample, _clock);
}
