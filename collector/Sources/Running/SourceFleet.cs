using Collector.Lines;
using Collector.Lines.Tables;
using Microsoft.Extensions.Logging;

namespace Collector.Sources.Running;

/// <summary>All sources and their runners, which come and go with the configuration.</summary>
public sealed class SourceFleet : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<RunningSource> _running = [];
    private readonly HashSet<string> _first;
    private readonly TableCatalog _tables;
    private readonly ILineSink _sink;
    private readonly ISourceMemory _memory;
    private readonly SourceMetrics _metrics;
    private readonly SharedViews _shared;
    private readonly TimeProvider _clock;
    private readonly ILogger<SourceRunner> _logger;
    private readonly Retirement _retirement;

    /// <param name="plan">The sources that run from the start on.</param>
    /// <exception cref="SourceSetupException">A source cannot be made as configured.</exception>
    public SourceFleet(
        IReadOnlyList<PlannedSource> plan, TableCatalog tables, ILineSink sink, ISourceMemory memory, Retirement retirement, SourceMetrics metrics,
        SharedViews shared, TimeProvider clock, ILogger<SourceRunner> logger)
    {
        (_tables, _sink, _memory, _retirement, _metrics, _shared, _clock, _logger) = (tables, sink, memory, retirement, metrics, shared, clock, logger);
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
    public async Task<FleetChange> ChangeAsync(IReadOnlyList<PlannedSource> wanted, CancellationToken stopping)
    {
        await _turn.WaitAsync(stopping);
        try
        {
            var change = FleetChange.Between([.. _running.Select(source => source.Plan)], wanted);
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
        return new RunningSource(plan, scheduled, new SourceRunner(scheduled, _sink, _memory.Baselines, _metrics, _clock, _logger));
    }

    private SourceContext Context(PlannedSource plan) =>
        new(plan.Name, plan.Options.Host!, plan.Options.Env!, _tables, _clock, _memory.Of(plan.Name)) { Shared = _shared };
}
