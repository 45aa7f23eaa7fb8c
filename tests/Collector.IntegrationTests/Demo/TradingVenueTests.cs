using Demo;
using Demo.Exchanges;
using Demo.Faults;
using Microsoft.Extensions.Time.Testing;

namespace Collector.IntegrationTests.Demo;

public sealed class TradingVenueTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly FaultBoard _faults = new();
    private readonly List<Trade> _told = [];
    private readonly TradingVenue _venue;

    public TradingVenueTests() =>
        _venue = new TradingVenue(VenueProfile.All[0], _faults, new SimulationClock(new FakeTimeProvider()), 1, _told.Add);

    [Fact]
    public void AdvanceTo_WithoutFaults_TellsEveryTrade()
    {
        TimeSpan next = _venue.AdvanceTo(Minute);

        Assert.Equal(Trades.Stream(VenueProfile.All[0], 1).TakeWhile(trade => trade.At <= Minute), _told);
        Assert.Equal(_told.Count, _venue.Told);
        Assert.True(next > Minute);
    }

    [Fact]
    public void Mute_TellsNoTradeWhileItLasts()
    {
        Begin(FaultKind.ExchangeMute);

        _venue.AdvanceTo(Minute);

        Assert.NotEmpty(_told);
        Assert.DoesNotContain(_told, IsStruck);
    }

    [Fact]
    public void Lag_MakesTradesThreeSecondsLateWhileItLasts()
    {
        Begin(FaultKind.ExchangeLag);

        _venue.AdvanceTo(Minute);

        Assert.All(_told, trade => Assert.Equal(IsStruck(trade), trade.Late >= TimeSpan.FromSeconds(3)));
        Assert.Contains(_told, IsStruck);
    }

    [Fact]
    public void Disconnect_RefusesWhileItLasts()
    {
        Begin(FaultKind.ExchangeDisconnect);

        _venue.AdvanceTo(TimeSpan.FromSeconds(9.9));
        Assert.Null(_venue.Venue.Behaviour.Refuses);
        _venue.AdvanceTo(TimeSpan.FromSeconds(10));
        Assert.Equal(503, _venue.Venue.Behaviour.Refuses);
        _venue.AdvanceTo(TimeSpan.FromSeconds(20));
        Assert.Null(_venue.Venue.Behaviour.Refuses);
        Assert.DoesNotContain(_told, IsStruck);
    }

    [Fact]
    public void RateLimit_IsNearlyUsedUpWhileItLasts()
    {
        Begin(FaultKind.ExchangeRateLimit);

        _venue.AdvanceTo(TimeSpan.FromSeconds(9));
        Assert.InRange(Used(), 300, 900);
        _venue.AdvanceTo(TimeSpan.FromSeconds(15));
        Assert.Equal(5700, Used());
        _venue.AdvanceTo(TimeSpan.FromSeconds(21));
        Assert.InRange(Used(), 300, 900);
    }

    public void Dispose() => _venue.Dispose();

    private static bool IsStruck(Trade trade) => trade.At >= TimeSpan.FromSeconds(10) && trade.At < TimeSpan.FromSeconds(20);

    private int Used() => int.Parse(_venue.Venue.Behaviour.ClockHeaders["x-mbx-used-weight-1m"]);

    private void Begin(FaultKind kind) => _faults.TryBegin(new Fault(kind, "binance", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)));
}
