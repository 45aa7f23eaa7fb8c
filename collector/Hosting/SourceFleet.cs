using Collector.Sources;
using Microsoft.Extensions.Logging;

namespace Collector.Hosting;

/// <summary>All sources and their runners.</summary>
internal sealed class SourceFleet : IAsyncDisposable
{
    private readonly List<ScheduledSource> _sources = [];
    private readonly List<SourceRunner> _runners = [];
    private readonly SourceMetrics _metrics;

    /// <exception cref="SourceSetupException">A source cannot be made as configured.</exception>
    public SourceFleet(CollectorConfig config, Intake intake, LocalState state, SourceMetrics metrics, TimeProvider clock, ILogger<SourceRunner> logger)
    {
        _metrics = metrics;
        foreach (ConfiguredSource configured in config.Sources)
        {
            SourceOptions options = configured.Options;
            var context = new SourceContext(
                configured.Name, options.Host ?? config.Options.Host ?? Environment.MachineName, options.Env ?? config.Options.Env, config.Tables, clock, state.Of(configured.Name));
            var scheduled = new ScheduledSource(
                configured.Name, configured.Kind.Create(options, context), options.Interval, options.Timeout, context.State);
            _sources.Add(scheduled);
            _runners.Add(new SourceRunner(scheduled, intake, state.Baselines, metrics, clock, logger));
        }
    }

    /// <summary>Sources that have not been read yet; null when all have. One that fails is a matter of its own row, not of the collector's readiness.</summary>
    public string? NotReadyBecause =>
        _metrics.Statuses.Where(status => status.Up is null).Select(status => status.Name).ToList() is { Count: > 0 } waiting
            ? $"no reading yet of {string.Join(", ", waiting)}"
            : null;

    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(_runners.Select(runner => Task.Run(() => runner.RunAsync(stopping), CancellationToken.None)));

    public async ValueTask DisposeAsync()
    {
        foreach (ScheduledSource scheduled in _sources)
        {
            if (scheduled.Source is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync();
            }
            else
            {
                (scheduled.Source as IDisposable)?.Dispose();
            }
        }
    }
}
