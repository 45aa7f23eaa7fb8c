namespace Collector.Sources.Running;

/// <summary>A source of the fleet, from its making to its end.</summary>
internal sealed class RunningSource(PlannedSource plan, ScheduledSource scheduled, SourceRunner runner) : IAsyncDisposable
{
    /// <summary>Time for a reading under way to end when its source is let go of; one that does not heed that is left behind.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private CancellationTokenSource? _stop;

    public PlannedSource Plan { get; } = plan;

    public ScheduledSource Scheduled { get; } = scheduled;

    /// <summary>Ends once the source is told to stop.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    public void Start(CancellationToken stopping)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        CancellationToken stop = _stop.Token;
        Ended = Task.Run(() => runner.RunAsync(stop), CancellationToken.None);
    }

    /// <summary>Ends this source alone, so that a successor of its name can begin where it stood.</summary>
    public async Task StopAsync()
    {
        await (_stop?.CancelAsync() ?? Task.CompletedTask);
        await Ended;
        await runner.SettleAsync(Patience);
        await DisposeAsync();
    }

    public ValueTask DisposeAsync()
    {
        _stop?.Dispose();
        return runner.DisposeAsync();
    }
}
