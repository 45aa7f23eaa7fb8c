using Demo.Catalog;
using Demo.Daemons;
using Demo.Exchanges;
using Demo.Faults;
using Demo.Strategies;

namespace Demo;

/// <summary>
/// A small trading operation: two daemons that fill a catalog, four venues, four strategies, and the faults that befall
/// them. It opens no socket; all of its numbers are decided by the seed, the faults and the time.
/// </summary>
internal sealed class Simulation : IDisposable
{
    private readonly FaultScript? _script;
    private readonly IReadOnlyList<IActor> _actors;
    private TimeSpan _before;

    public Simulation(DemoOptions options, SimulationClock clock)
    {
        Clock = clock;
        var seeds = new Random(options.Seed);
        var catalog = new DataCatalog(options.Catalog);
        Daemons = [.. ((DaemonProfile[])[DaemonProfile.OiFetcher, DaemonProfile.LiquidationStreamer]).Select(profile =>
            new Daemon(profile, new DaemonStatus(profile, clock), Faults, catalog, clock, seeds.Next(), options.Speed))];
        Venues = [.. VenueProfile.All.Select(profile => new TradingVenue(profile, Faults, clock, seeds.Next()))];
        Strategies = [.. StrategyProfile.Polled.Select(profile => new Strategy(profile, Faults, seeds.Next()))];
        Pushed = new Strategy(StrategyProfile.Pushed, Faults, seeds.Next());
        Targets = new FaultTargets
        {
            Daemons = [.. Daemons.Select(daemon => daemon.Status.Name)],
            Exchanges = [.. Venues.Select(venue => venue.Venue.Name)],
            Series = [.. Daemons.SelectMany(daemon => daemon.Profile.Series).Select(series => series.ToString())],
            Strategies = [.. Strategies.Append(Pushed).Select(strategy => strategy.Profile.Id)],
        };
        _script = options.Faults ? new FaultScript(Faults, Targets, seeds.Next()) : null;
        // The catalog last, so that what has come in a step is written in that step.
        _actors = [.. Daemons, .. Venues, .. Strategies, Pushed, catalog];
    }

    public SimulationClock Clock { get; }

    public FaultBoard Faults { get; } = new();

    public FaultTargets Targets { get; }

    public IReadOnlyList<Daemon> Daemons { get; }

    public IReadOnlyList<TradingVenue> Venues { get; }

    /// <summary>The strategies that are polled.</summary>
    public IReadOnlyList<Strategy> Strategies { get; }

    /// <summary>The strategy that pushes its numbers.</summary>
    public Strategy Pushed { get; }

    /// <summary>Lets everything happen that is due up to this time since the start; returns when the next is.</summary>
    public TimeSpan AdvanceTo(TimeSpan elapsed)
    {
        Faults.Forget(_before);
        _before = elapsed;
        _script?.AdvanceTo(elapsed);
        TimeSpan next = TimeSpan.MaxValue;
        foreach (IActor actor in _actors)
        {
            TimeSpan due = actor.AdvanceTo(elapsed);
            next = due < next ? due : next;
        }

        return next;
    }

    public void Dispose()
    {
        _script?.Dispose();
        foreach (IActor actor in _actors)
        {
            actor.Dispose();
        }
    }
}
