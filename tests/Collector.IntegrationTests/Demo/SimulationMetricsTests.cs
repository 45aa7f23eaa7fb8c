using System.Text;
using Demo;
using Demo.Faults;
using Microsoft.Extensions.Time.Testing;

namespace Collector.IntegrationTests.Demo;

public sealed class SimulationMetricsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Simulation _simulation;

    public SimulationMetricsTests() => _simulation = new Simulation(new DemoOptions(), new SimulationClock(_time));

    [Fact]
    public async Task Of_AtTheStart_HasTheFamiliesAndTheSeriesThatDashboardsKnow()
    {
        Advance(TimeSpan.FromSeconds(1));

        string[] page = await PageAsync();

        Assert.Equal(
            [
                "demo_trades_total counter", "demo_connections gauge", "demo_records_total counter", "demo_orders_total counter",
                "demo_exposure_quote gauge", "demo_faults gauge",
            ],
            page.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line[7..]));
        Assert.Equal(4 + 4 + 24 + 4 + 4 + 1, page.Count(line => !line.StartsWith('#')));
        Assert.Contains("# HELP demo_trades_total Trades told by an exchange.", page);
        Assert.Contains($"demo_trades_total{{exchange=\"binance\"}} {_simulation.Venues[0].Told}", page);
        Assert.Contains("demo_connections{exchange=\"hyperliquid\"} 0", page);
        Assert.Contains("demo_records_total{exchange=\"okx\",data_type=\"oi\",symbol=\"BTCUSDT\"} 1", page);
        Assert.Contains($"demo_orders_total{{strategy=\"carry-eth\"}} {_simulation.Pushed.Report!.OrdersPlaced}", page);
        Assert.Contains("demo_faults 0", page);
    }

    [Fact]
    public async Task Of_ADaemonThatIsDownAndStartsAnew_LeavesAndCountsFromZero()
    {
        const string Series = "demo_records_total{exchange=\"okx\",data_type=\"oi\",symbol=\"BTCUSDT\"} ";
        Advance(TimeSpan.FromMinutes(6));
        Assert.Contains(Series + "2", await PageAsync());

        _simulation.Faults.TryBegin(new Fault(FaultKind.DaemonDown, null, _simulation.Clock.Elapsed, _simulation.Clock.Elapsed + TimeSpan.FromSeconds(10)));
        Advance(TimeSpan.FromSeconds(5));
        string[] down = await PageAsync();
        Assert.DoesNotContain(down, line => line.StartsWith(Series, StringComparison.Ordinal));
        Assert.Contains("demo_faults 1", down);

        Advance(TimeSpan.FromSeconds(10));
        Assert.Contains(Series + "1", await PageAsync());
    }

    [Fact]
    public async Task Of_AStrategyThatVanishes_HasNoSeriesOfIt()
    {
        Advance(TimeSpan.FromSeconds(1));
        Assert.Contains(await PageAsync(), line => line.Contains("strategy=\"basis-btc\"", StringComparison.Ordinal));

        _simulation.Faults.TryBegin(new Fault(FaultKind.StrategyVanish, "basis-btc", _simulation.Clock.Elapsed, TimeSpan.MaxValue));
        Advance(TimeSpan.FromSeconds(5));

        string[] page = await PageAsync();
        Assert.DoesNotContain(page, line => line.Contains("strategy=\"basis-btc\"", StringComparison.Ordinal));
        Assert.Contains(page, line => line.Contains("strategy=\"maker-eth\"", StringComparison.Ordinal));
    }

    public void Dispose() => _simulation.Dispose();

    private void Advance(TimeSpan time)
    {
        _time.Advance(time);
        _simulation.AdvanceTo(_simulation.Clock.Elapsed);
    }

    private async Task<string[]> PageAsync()
    {
        using var page = new MemoryStream();
        await SimulationMetrics.Of(_simulation).CollectAndExportAsTextAsync(page);
        return Encoding.UTF8.GetString(page.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
