using System.Text.Json;
using Demo;
using Demo.Exchanges;
using Demo.Faults;
using Microsoft.Extensions.Time.Testing;

namespace Collector.IntegrationTests.Demo;

public sealed class OperationTests
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
        using var operation = new Operation(new DemoOptions(), new OperationClock(new FakeTimeProvider()));

        Assert.Equal(["oi-fetcher", "liquidation-streamer"], operation.Targets.Daemons);
        Assert.Equal(["binance", "bybit", "okx", "hyperliquid"], operation.Targets.Exchanges);
        Assert.Equal(24, operation.Targets.Series.Distinct().Count());
        Assert.Equal(["momentum-btc", "maker-eth", "basis-btc", "carry-eth"], operation.Targets.Strategies);
    }

    /// <summary>Everything that the operation tells, every two minutes of the way.</summary>
    private static string Numbers(DemoOptions options, TimeSpan step)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        using var operation = new Operation(options, new OperationClock(time));
        operation.AdvanceTo(TimeSpan.Zero);
        var numbers = new List<string>();
        for (TimeSpan shown = FaultScript.Every; shown <= TwoCycles; shown += FaultScript.Every)
        {
            while (operation.Clock.Elapsed < shown)
            {
                TimeSpan left = shown - operation.Clock.Elapsed;
                time.Advance(left < step ? left : step);
                operation.AdvanceTo(operation.Clock.Elapsed);
            }

            numbers.Add(JsonSerializer.Serialize(new
            {
                Daemons = operation.Daemons.Select(daemon => daemon.Status.Report()),
                Trades = operation.Venues.Select(venue => venue.Told),
                Strategies = operation.Strategies.Append(operation.Pushed).Select(strategy => strategy.Report),
                Faults = FaultsReport.Of(operation.Faults.From(operation.Clock.Elapsed), operation.Clock).Active,
            }));
        }

        return string.Join('\n', numbers);
    }
}
