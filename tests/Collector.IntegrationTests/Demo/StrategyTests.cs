using Demo.Faults;
using Demo.Strategies;

namespace Collector.IntegrationTests.Demo;

public sealed class StrategyTests
{
    private readonly FaultBoard _faults = new();

    [Fact]
    public void AdvanceTo_ADay_KeepsWithinItsBounds()
    {
        foreach (StrategyProfile profile in StrategyProfile.Polled.Append(StrategyProfile.Pushed))
        {
            using var strategy = new Strategy(profile, _faults, 5);
            for (int second = 0; second < 86_400; second++)
            {
                strategy.AdvanceTo(TimeSpan.FromSeconds(second));
                StrategyReport report = strategy.Report!;
                Assert.InRange(report.OrdersFilled, 0, report.OrdersPlaced);
                Assert.InRange(report.OpenOrders, 0, 30);
                Assert.InRange(report.Exposure, 0, profile.Capital / 2);
                Assert.InRange(report.Drawdown ?? 0, 0, 0.25);
                Assert.Equal(profile.TellsDrawdown, report.Drawdown is not null);
                Assert.Equal(profile.TellsEquity, report.Equity is not null);
            }

            StrategyReport last = strategy.Report!;
            Assert.InRange(last.OrdersPlaced, 0.9 * 86_400 * profile.OrdersASecond, 1.1 * 86_400 * profile.OrdersASecond);
            Assert.InRange((double)last.OrdersFilled / last.OrdersPlaced, 0.6, 0.9);
            Assert.NotEqual(0, last.Pnl);
        }
    }

    [Fact]
    public void Drawdown_GrowsToFifteenPercentAndIsMadeGood()
    {
        StrategyProfile profile = StrategyProfile.Polled[0];
        _faults.TryBegin(new Fault(FaultKind.StrategyDrawdown, profile.Id, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120)));
        using var struck = new Strategy(profile, _faults, 5);
        using var spared = new Strategy(profile, new FaultBoard(), 5);

        foreach ((double second, double loss) in ((double, double)[])[(59, 0), (69, 0.04), (119, 0.15), (144, 0.1), (194, 0), (300, 0)])
        {
            struck.AdvanceTo(TimeSpan.FromSeconds(second));
            spared.AdvanceTo(TimeSpan.FromSeconds(second));
            Assert.Equal(loss * profile.Capital, spared.Report!.Equity!.Value - struck.Report!.Equity!.Value, 0.02);
        }
    }

    [Fact]
    public void Vanish_IsGoneWhileItLastsAndLivesOn()
    {
        StrategyProfile profile = StrategyProfile.Polled[1];
        _faults.TryBegin(new Fault(FaultKind.StrategyVanish, profile.Id, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120)));
        using var struck = new Strategy(profile, _faults, 5);
        using var spared = new Strategy(profile, new FaultBoard(), 5);

        struck.AdvanceTo(TimeSpan.FromSeconds(60));
        Assert.Null(struck.Report);
        struck.AdvanceTo(TimeSpan.FromSeconds(120));
        spared.AdvanceTo(TimeSpan.FromSeconds(120));
        Assert.Equal(spared.Report, struck.Report);
    }

    [Fact]
    public void Account_BuysSellsAndTurns_EarnsWhatTheBookSays()
    {
        var account = new Account();
        account.Fill(2, 100);
        account.Fill(2, 110);
        Assert.Equal((4.0, 0.0, 20.0), (account.Position, account.Realised, account.Unrealised(110)));

        account.Fill(-1, 125);
        Assert.Equal((3.0, 20.0, 60.0), (account.Position, account.Realised, account.Unrealised(125)));

        account.Fill(-5, 115); // closes 3 at 10 each, and is short by 2
        Assert.Equal((-2.0, 50.0, 30.0), (account.Position, account.Realised, account.Unrealised(100)));

        account.Fill(2, 105);
        Assert.Equal((0.0, 70.0, 0.0), (account.Position, account.Realised, account.Unrealised(1)));
    }

    [Fact]
    public void PushLine_OfAReport_IsLineProtocol()
    {
        var report = new StrategyReport
        {
            Symbol = "ETH USDT",
            Venue = "a,b",
            Pnl = -1.5,
            UnrealizedPnl = 2,
            PositionSize = 0.25,
            OrdersPlaced = 7,
            OrdersFilled = 5,
            Exposure = 850,
            Drawdown = 0.02,
            OpenOrders = 1,
            Equity = 80_000.5,
        };

        Assert.Equal(
            @"trading_metrics,strategy=carry-eth,symbol=ETH\ USDT,venue=a\,b,host=h,env=demo,state=live pnl=-1.5,unrealized_pnl=2,equity=80000.5,position_size=0.25,exposure=850,drawdown_pct=2,orders_placed=7i,orders_filled=5i,open_orders=1i 1767323045000000000" + "\n",
            PushLine.Of("carry-eth", report, "h", "demo", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
    }
}
