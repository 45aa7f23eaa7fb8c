using Collector.Delivery;
using Collector.Delivery.Spool;
using Collector.Sources;
using Microsoft.Extensions.Logging;

namespace Collector.Hosting;

/// <summary>All sources and their runners.</summary>
internal sealed class SourceFleet : IAsyncDisposable
{
    private readonly List<ScheduledSource> _sources = [];
    private readonly List<SourceRunner> _runners = [];
    private readonly SourceMetrics _metrics;
    private readonly Retirement _retirement;

    /// <exception cref="SourceSetupException">A source cannot be made as configured.</exception>
    public SourceFleet(
        CollectorConfig config, Intake intake, Lanes lanes, SpoolDirectory spool, StoreWatch watch, LocalState state, SourceMetrics metrics,
        SharedViews shared, TimeProvider clock, ILogger<SourceRunner> logger)
    {
        _metrics = metrics;
        _retirement = new Retirement(state, config.Tables, lanes, clock);
        string host = config.Options.Host ?? Environment.MachineName;
        foreach (ConfiguredSource configured in config.Sources)
        {
            SourceOptions options = configured.Options;
            SourceContext context = Context(configured.Name, options.Host, options.Env);
            Add(() => configured.Kind.Create(options, context), context, options.Interval, options.Timeout);
        }

        SourceContext own = Context("collector/status", null, null);
        Add(() => new CollectorStatusSource(config.Options, own, lanes, spool, watch, metrics), own, config.Options.StatusInterval, config.Options.StatusInterval);

        SourceContext Context(string name, string? ofHost, string? ofEnv) =>
            new(name, ofHost ?? host, ofEnv ?? config.Options.Env, config.Tables, clock, state.Of(name)) { Shared = shared };

        void Add(Func<ISource> make, SourceContext context, TimeSpan interval, TimeSpan timeout)
        {
            var scheduled = new ScheduledSource(context.Name, make(), interval, timeout, context.State, make);
            _sources.Add(scheduled);
            _runners.Add(new SourceRunner(scheduled, intake, state.Baselines, metrics, clock, logger));
        }
    }

    /// <summary>Sources that have not been read yet; null when all have. One that fails is a matter of its own row, not of the collector's readiness.</summary>
    public string? NotReadyBecause =>
        _metrics.Statuses.Where(status => status.Up is null).Select(status => status.Name).ToList() is { Count: > 0 } waiting
            ? $"no reading yet of {string.Join(", ", waiting)}"
            : null;

    /// <summary>Retires what the configuration no longer names, and then runs all sources until they are to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await _retirement.RunAsync(_sources);
        await Task.WhenAll(_runners.Select(runner => Task.Run(() => runner.RunAsync(stopping), CancellationToken.None)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SourceRunner runner in _runners)
        {
            await runner.DisposeAsync();
        }
    }
}
