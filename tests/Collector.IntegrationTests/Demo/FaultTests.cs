using Demo;
using Demo.Faults;
using Microsoft.Extensions.Time.Testing;

namespace Collector.IntegrationTests.Demo;

public sealed class FaultTests
{
    private readonly FaultBoard _board = new();

    [Fact]
    public void Find_FromItsBeginToItsEnd_IsThere()
    {
        _board.TryBegin(new Fault(FaultKind.ExchangeMute, "okx", Seconds(10), Seconds(20)));

        Assert.Equal(
            [false, true, true, false],
            ((double[])[9.9, 10, 19.9, 20]).Select(at => _board.IsActive(FaultKind.ExchangeMute, "okx", Seconds(at))));
        Assert.False(_board.IsActive(FaultKind.ExchangeMute, "bybit", Seconds(15)));
        Assert.False(_board.IsActive(FaultKind.ExchangeLag, "okx", Seconds(15)));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("binance", true)]
    [InlineData("binance/BTCUSDT", true)]
    [InlineData("binance/BTCUSDT/oi", true)]
    [InlineData("binance/BTC", false)]
    [InlineData("bin", false)]
    [InlineData("binance/ETHUSDT", false)]
    public void Strikes_OfASeries_IsWhatHoldsIt(string? name, bool strikes) =>
        Assert.Equal(strikes, new Fault(FaultKind.PipelineGap, name, default, default).Strikes("binance/BTCUSDT/oi"));

    [Fact]
    public void TryEnd_OneOfTwo_LeavesTheOther()
    {
        _board.TryBegin(new Fault(FaultKind.ExchangeMute, "okx", Seconds(0), TimeSpan.MaxValue));
        _board.TryBegin(new Fault(FaultKind.ExchangeMute, "bybit", Seconds(0), TimeSpan.MaxValue));

        Assert.True(_board.TryEnd(FaultKind.ExchangeMute, "okx", Seconds(5)));
        Assert.False(_board.TryEnd(FaultKind.ExchangeMute, "okx", Seconds(5)));
        Assert.False(_board.TryEnd(FaultKind.ExchangeLag, null, Seconds(5)));
        Assert.True(_board.IsActive(FaultKind.ExchangeMute, "okx", Seconds(4.9)));
        Assert.Equal("bybit", Assert.Single(_board.From(Seconds(5))).Name);
        Assert.True(_board.TryEnd(FaultKind.ExchangeMute, null, Seconds(6)));
        Assert.Empty(_board.From(Seconds(6)));
    }

    [Fact]
    public void TryBegin_TooMany_AreTurnedAwayUntilSomeAreForgotten()
    {
        for (int i = 0; i < FaultBoard.Most; i++)
        {
            Assert.True(_board.TryBegin(new Fault(FaultKind.DaemonDown, null, Seconds(0), Seconds(10))));
        }

        var more = new Fault(FaultKind.DaemonDown, null, Seconds(11), Seconds(12));
        Assert.False(_board.TryBegin(more));
        _board.Forget(Seconds(10.5));
        Assert.True(_board.TryBegin(more));
    }

    [Fact]
    public void Script_OneRound_HasEveryKindOnceOnATargetOfIts()
    {
        using var simulation = new Simulation(new DemoOptions(), new SimulationClock(new FakeTimeProvider()));

        Fault[] round = [.. FaultScript.Stream(simulation.Targets, 4).Take(FaultKind.All.Count)];

        Assert.Equal(FaultKind.All.OrderBy(kind => kind.Name), round.Select(fault => fault.Kind).OrderBy(kind => kind.Name));
        Assert.All(round, fault => Assert.True(simulation.Targets.Has(fault.Kind.Target, fault.Name!)));
        Assert.All(round.Zip(round.Skip(1)), pair => Assert.True(pair.First.Until < pair.Second.From));
        Assert.Equal(round, FaultScript.Stream(simulation.Targets, 4).Take(round.Length));
        Assert.NotEqual(round, FaultScript.Stream(simulation.Targets, 5).Take(round.Length));
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("60s", 60_000)]
    [InlineData("5m", 300_000)]
    [InlineData("24h", 86_400_000)]
    [InlineData("25h", null)]
    [InlineData("0s", null)]
    [InlineData("-1s", null)]
    [InlineData("60", null)]
    [InlineData("", null)]
    [InlineData("s", null)]
    public void Duration_OfAText_IsItsTimeOrNone(string text, int? milliseconds) =>
        Assert.Equal(milliseconds, FaultDuration.Parse(text)?.TotalMilliseconds);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
