namespace Collector.Capabilities;

/// <summary>The order in which the parts of the collector start, once its listeners are there. They stop in the reverse order.</summary>
public enum Stage
{
    /// <summary>What was kept over the restart is read, before a row moves.</summary>
    Recover,

    /// <summary>Rows that wait on disk travel to the store.</summary>
    Deliver,

    /// <summary>What goes on beside: making tables, replaying, giving up what is too old.</summary>
    Maintain,

    /// <summary>Rows are taken from clients.</summary>
    Accept,

    /// <summary>Sources are read.</summary>
    Read,

    /// <summary>Changes of the configuration are followed.</summary>
    Follow,
}

/// <summary>A part of the collector that starts and stops in its stage.</summary>
public interface IStage
{
    Stage Stage { get; }

    void Start();

    /// <summary>Ends it; what is under way ends first.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}

/// <summary>A task that runs from its stage on until it is to stop.</summary>
/// <param name="run">Ends when its token is cancelled, without an exception.</param>
public sealed class BackgroundStage(Stage stage, Func<CancellationToken, Task> run) : IStage, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public Stage Stage => stage;

    public void Start() => _running = Task.Run(() => run(_stopping.Token), CancellationToken.None);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running;
    }

    public void Dispose() => _stopping.Dispose();
}
