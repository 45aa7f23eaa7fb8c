using Collector.Sources.Exchange;

namespace Collector.Tests.Sources.Exchange;

public sealed class ClockEstimateTests
{
    private static readonly TimeSpan Exact = TimeSpan.Zero;

    private readonly WatchedClock _clock = new();
    private readonly ClockEstimate _estimate;

    public ClockEstimateTests() => _estimate = new ClockEstimate(_clock);

    [Fact]
    public void Now_BeforeAnyMeasurement_IsNothing() => Assert.Null(_estimate.Now());

    [Theory]
    [InlineData(20, 20, 0)] // the same way there and back
    [InlineData(39, 1, 500)]
    [InlineData(1, 39, -3_600_000)]
    public void Now_AfterOne_HoldsTheTruthWithinItsError(double thereMs, double backMs, double aheadMs)
    {
        Ask(thereMs, backMs, aheadMs);

        (TimeSpan skew, TimeSpan error) = _estimate.Now()!.Value;
        Assert.Equal((thereMs + backMs) / 2, error.TotalMilliseconds, 3);
        Assert.InRange(aheadMs, (skew - error).TotalMilliseconds, (skew + error).TotalMilliseconds);
    }

    [Fact]
    public void Now_VenueTellsHowLongItHeldTheRequest_LeavesThatOut()
    {
        long sent = _clock.GetTimestamp();
        DateTimeOffset came = _clock.GetUtcNow().AddMilliseconds(10 + 70);
        _clock.Advance(TimeSpan.FromMilliseconds(520));
        _estimate.Add(sent, _clock.GetTimestamp(), came, came.AddMilliseconds(500), Exact);

        (TimeSpan skew, TimeSpan error) = _estimate.Now()!.Value;
        Assert.Equal((70, 10), (skew.TotalMilliseconds, error.TotalMilliseconds));
    }

    [Fact]
    public void Now_OfSeveral_IsTheOneWithTheLeastError()
    {
        Ask(100, 20, 50);
        Ask(3, 3, 50);
        Ask(20, 300, 50);

        (TimeSpan skew, TimeSpan error) = _estimate.Now()!.Value;
        Assert.Equal(50, skew.TotalMilliseconds, 3);
        Assert.InRange(error.TotalMilliseconds, 3, 3.1);
    }

    [Fact]
    public void Now_Later_IsLessCertainAndAtLastNothing()
    {
        Ask(3, 3, 50);

        _clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(3 + 1.5, _estimate.Now()!.Value.Error.TotalMilliseconds, 3);
        _clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Null(_estimate.Now());
    }

    [Fact]
    public void Now_ThisMachinesClockIsSet_MovesTheSkewAtOnce()
    {
        Ask(5, 5, 50);

        _clock.Jump(TimeSpan.FromHours(1));

        Assert.Equal(50 - 3_600_000, _estimate.Now()!.Value.Skew.TotalMilliseconds, 3);
    }

    [Fact]
    public void Add_VenuesClockWasSet_ForgetsWhatWasBefore()
    {
        Ask(1, 1, 0);
        Ask(30, 30, 5000);

        Assert.Equal((5000, 30), (_estimate.Now()!.Value.Skew.TotalMilliseconds, _estimate.Now()!.Value.Error.TotalMilliseconds));
    }

    [Fact]
    public void Add_TimesThatCannotBe_AreLeftOut()
    {
        long sent = _clock.GetTimestamp();
        DateTimeOffset now = _clock.GetUtcNow();
        _estimate.Add(sent, sent, now, now.AddSeconds(1), Exact); // held for longer than it was away
        _estimate.Add(sent, sent, now, now.AddSeconds(-1), Exact); // answered before it came

        Assert.Null(_estimate.Now());
    }

    [Fact]
    public void Add_TimeCutOffToItsUnit_IsUncertainByHalfOfIt()
    {
        long at = _clock.GetTimestamp();
        var cut = DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds());
        _estimate.Add(at, at, cut, cut, TimeSpan.FromSeconds(1));

        Assert.Equal((500, 500), (_estimate.Now()!.Value.Skew.TotalMilliseconds, _estimate.Now()!.Value.Error.TotalMilliseconds));
    }

    private void Ask(double thereMs, double backMs, double aheadMs)
    {
        long sent = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromMilliseconds(thereMs));
        DateTimeOffset venue = _clock.GetUtcNow().AddMilliseconds(aheadMs);
        _clock.Advance(TimeSpan.FromMilliseconds(backMs));
        _estimate.Add(sent, _clock.GetTimestamp(), venue, venue, Exact);
    }
}
