using System.Text.Json;
using Demo;
using Demo.Exchanges;
using Demo.Faults;
using Microsoft.Extensions.Time.Testing;

namespace Collector.IntegrationTests.Demo;

public sealed class SimulationTests
{
    private static readonly TimeSpan TwoCycles = 2 * FaultKind.All.Count * FaultScript.Every;

    [Fact]
    public void AdvanceTo_SameSeed_GivesTheSameNumbersInWhateverStepsAndFaults()
    {
        var options = new DemoOptions { Seed = 7, Speed = 60, Faults = true };
        string small = Numbers(options, TimeSpan.FromMilliseconds(330));
        string large = Numbers(options, TimeSpan.FromSeconds(20));

        Assert.Equal(small, large);
    }

    [Fact]
    public void AdvanceTo_AnotherSeed_GivesOthers() =>
        Assert.NotEqual(Numbers(new DemoOptions { Seed = 7 }, TimeSpan.FromSeconds(20)), Numbers(new DemoOptions { Seed = 8 }, TimeSpan.FromSeconds(20)));

    [Fact]
    public void Trades_SameSeed_AreTheSame() => Assert.All(VenueProfile.All, profile =>
    {
        Trade[] trades = [.. Trades.Stream(profile, 3).TakeWhile(trade => trade.At < TimeSpan.FromHours(1))];
        Assert.Equal(trades, Trades.Stream(profile, 3).Take(trades.Length));

        // The count of a Poisson process, and the delays' mean, within six standard deviations.
        double expected = 3600 * profile.Rate;
        Assert.InRange(trades.Length, expected - 6 * Math.Sqrt(expected), expected + 6 * Math.Sqrt(expected));
        double delay = profile.FeedDelay.TotalMilliseconds;
        Assert.InRange(trades.Average(trade => trade.Late.TotalMilliseconds), delay * (1 - 3 / Math.Sqrt(expected)), delay * (1 + 3 / Math.Sqrt(expected)));
    });

    [Fact]
    public void Targets_AreTheDefaultLoad()
    {
        using var simulation = new Simulation(new DemoOptions(), new SimulationClock(new FakeTimeProvider()));

        Assert.Equal(["oi-fetcher", "liquidation-streamer"], simulation.Targets.Daemons);
        Assert.Equal(["binance", "bybit", "okx", "hyperliquid"], simulation.Targets.Exchanges);
        Assert.Equal(24, simulation.Targets.Series.Distinct().Count());
        Assert.Equal(["momentum-btc", "maker-eth", "basis-btc", "carry-eth"], simulation.Targets.Strategies);
    }

    /// <summary>Everything that the simulation tells, every two minutes of the way.</summary>
    private static string Numbers(DemoOptions options, TimeSpan step)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        using var simulation = new Simulation(options, new SimulationClock(time));
        simulation.AdvanceTo(TimeSpan.Zero);
        var numbers = new List<string>();
        for (TimeSpan shown = FaultScript.Every; shown <= TwoCycles; shown += FaultScript.Every)
        {
            while (simulation.Clock.Elapsed < shown)
            {
                TimeSpan left = shown - simulation.Clock.Elapsed;
                time.Advance(left < step ? left : step);
                simulation.AdvanceTo(simulation.Clock.Elapsed);
            }

            numbers.Add(JsonSerializer.Serialize(new
            {
                Daemons = simulation.Daemons.Select(daemon => daemon.Status.Report()),
                Trades = simulation.Venues.Select(venue => venue.Told),
                Strategies = simulation.Strategies.Append(simulation.Pushed).Select(strategy => strategy.Report),
                Faults = FaultsReport.Of(simulation.Faults.From(simulation.Clock.Elapsed), simulation.Clock).Active,
            }));
        }

        return string.Join('\n', numbers);
    }
}
