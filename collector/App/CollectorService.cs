using Collector.Capabilities;
using Collector.Pipe.Delivery;
using Collector.Web.Listeners;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Collector.App;

/// <summary>
/// Starts the collector stage by stage and stops it in the reverse order, which loses nothing: delivery before the sources, and the
/// sources' end before its own. It starts once the listeners are there: a port that is taken ends the collector before anything is read.
/// </summary>
internal sealed partial class CollectorService(
    CollectorConfig config, IEnumerable<IStage> stages, StoreConnection store, ILogger<CollectorService> logger) : IHostedLifecycleService
{
    private readonly IStage[] _stages = [.. stages.OrderBy(stage => stage.Stage)];
    private int _started;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        LogStarting(config.Options.Name, string.Join(", ", config.Sources.Select(source => source.Name)), store.Description, config.Options.Http.Listen.Address(config.Options.Http.Tls));
        foreach (IStage stage in _stages)
        {
            stage.Start();
            _started++;
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        LogStopping();
        while (_started > 0)
        {
            await _stages[--_started].StopAsync(cancellationToken);
        }

        LogStopped();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(9001, LogLevel.Information, "{Collector} starts: reads {Sources}; delivers to {Store}; shows {Listen}/metrics")]
    private partial void LogStarting(string collector, string sources, string store, string listen);

    [LoggerMessage(9002, LogLevel.Information, "Stopping: the sources first, then what is left to deliver")]
    private partial void LogStopping();

    [LoggerMessage(9003, LogLevel.Information, "Stopped")]
    private partial void LogStopped();
}
