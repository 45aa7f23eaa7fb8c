using Collector.Api.Status;
using Collector.Delivery;
using Collector.Delivery.Spool;
using Collector.Sources;
using Microsoft.Extensions.Logging;

namespace Collector.Hosting;

/// <summary>All sources and their runners, which come and go with the configuration.</summary>
internal sealed class SourceFleet : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<RunningSource> _running = [];
    private readonly HashSet<string> _first;
    private readonly CollectorConfig _config;
    private readonly Intake _intake;
    private readonly Lanes _lanes;
    private readonly SpoolDirectory _spool;
    private readonly SpoolForecast _forecast;
    private readonly StoreWatch _watch;
    private readonly LocalState _state;
    private readonly SourceMetrics _metrics;
    private readonly SharedViews _shared;
    private readonly TimeProvider _clock;
    private readonly ILogger<SourceRunner> _logger;
    private readonly Retirement _retirement;

    /// <exception cref="SourceSetupException">A source cannot be made as configured.</exception>
    public SourceFleet(
        CollectorConfig config, Intake intake, Lanes lanes, SpoolDirectory spool, SpoolForecast forecast, StoreWatch watch, LocalState state, SourceMetrics metrics,
        SharedViews shared, TimeProvider clock, ILogger<SourceRunner> logger)
    {
        (_config, _intake, _lanes, _spool, _forecast, _watch, _state) = (config, intake, lanes, spool, forecast, watch, state);
        (_metrics, _shared, _clock, _logger) = (metrics, shared, clock, logger);
        _retirement = new Retirement(state, config.Tables, lanes, clock);
        IReadOnlyList<PlannedSource> plan = Plan(config.Options, config.Sources);
        _first = [.. plan.Select(source => source.Name)];
        _running.AddRange(plan.Select(Make));
    }

    /// <summary>
    /// Sources that have not been read since the start; null when all have. One that fails is a matter of its own row, and one
    /// that came later of its own start: neither is of the collector's readiness.
    /// </summary>
    public string? NotReadyBecause =>
        _metrics.Statuses.Where(status => status.Up is null && _first.Contains(status.Name)).Select(status => status.Name).ToList() is { Count: > 0 } waiting
            ? $"no reading yet of {string.Join(", ", waiting)}"
            : null;

    /// <summary>Retires what the configuration no longer names, and then runs the sources until they are to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            await _retirement.RunAsync([.. _running.Select(source => source.Scheduled)], _ => true);
            _running.ForEach(source => source.Start(stopping));
        }
        finally
        {
            _turn.Release();
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, _clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _turn.WaitAsync(CancellationToken.None);
        await Task.WhenAll(_running.Select(source => source.Ended));
        _turn.Release();
    }

    /// <summary>
    /// Runs other sources from now on. One whose options are as they were is not touched: it keeps its connection, its schedule
    /// and its state. Of one that goes, the series that are named no more are retired.
    /// </summary>
    /// <exception cref="SourceSetupException">A source cannot be made as configured; nothing was changed.</exception>
    public async Task<FleetChange> ChangeAsync(CollectorOptions options, IReadOnlyList<ConfiguredSource> sources, CancellationToken stopping)
    {
        await _turn.WaitAsync(stopping);
        try
        {
            var change = FleetChange.Between([.. _running.Select(source => source.Plan)], Plan(options, sources));
            await TryAsync(change.Started);
            RunningSource[] gone = [.. _running.Where(source => change.Stopped.Contains(source.Plan.Name, StringComparer.Ordinal))];
            await Task.WhenAll(gone.Select(source => source.StopAsync()));
            _running.RemoveAll(gone.Contains);
            RunningSource[] started = [.. change.Started.Select(Make)];
            _running.AddRange(started);
            foreach (string name in change.Stopped.Except(_running.Select(source => source.Plan.Name), StringComparer.Ordinal))
            {
                _metrics.Forget(name);
            }

            await _retirement.RunAsync([.. started.Select(source => source.Scheduled)], name => change.Stopped.Contains(name, StringComparer.Ordinal));
            Array.ForEach(started, source => source.Start(stopping));
            return change;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RunningSource source in _running)
        {
            await source.DisposeAsync();
        }

        _turn.Dispose();
    }

    private List<PlannedSource> Plan(CollectorOptions options, IReadOnlyList<ConfiguredSource> sources)
    {
        string host = options.Host ?? Environment.MachineName;
        return
        [
            .. sources.Select(source => new PlannedSource(
                source.Name, source.Options with { Host = source.Options.Host ?? host, Env = source.Options.Env ?? options.Env }, source.Kind.Create)),
            new PlannedSource(
                "collector/status",
                new CollectorStatusOptions { Name = options.Name, Interval = options.StatusInterval, Timeout = options.StatusInterval, Host = host, Env = options.Env },
                (own, context) => new CollectorStatusSource(own.Name!, _config.Options.Spool.MaxBytes.Bytes, context, _lanes, _spool, _forecast, _watch, _metrics)),
        ];
    }

    /// <summary>Makes each source once, to see that it can be made while the others still run.</summary>
    private async Task TryAsync(IEnumerable<PlannedSource> plan)
    {
        foreach (PlannedSource source in plan)
        {
            await SourceRunner.EndAsync(source.Create(source.Options, Context(source)));
        }
    }

    private RunningSource Make(PlannedSource plan)
    {
        SourceContext context = Context(plan);
        ISource Create() => plan.Create(plan.Options, context);
        var scheduled = new ScheduledSource(plan.Name, Create(), plan.Options.Interval, plan.Options.Timeout, context.State, Create);
        return new RunningSource(plan, scheduled, new SourceRunner(scheduled, _intake, _state.Baselines, _metrics, _clock, _logger));
    }

    private SourceContext Context(PlannedSource plan) =>
        new(plan.Name, plan.Options.Host!, plan.Options.Env!, _config.Tables, _clock, _state.Of(plan.Name)) { Shared = _shared };
}
