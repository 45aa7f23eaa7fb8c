using Collector.Capabilities.Gateway;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Pipe.Replay;
using Collector.Pipe.Spool;
using Collector.Pipe.State;
using Collector.Settings;
using Collector.Sources.Running;
using Collector.Web.Listeners;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Collector.App;

/// <summary>
/// Starts and stops the collector in the order that loses nothing: delivery before the sources, and the sources' end before
/// its own. It starts once the listener is there: a port that is taken ends the collector before anything is read.
/// </summary>
internal sealed partial class CollectorService(
    CollectorConfig config, SpoolDirectory spool, Lanes lanes, StoreConnection store, StoreWatch watch, SourceFleet sources, LocalState state,
    Replayer replayer, Quarantine quarantine, GatewayListener gateway, ConfigReload reload, ILogger<CollectorService> logger) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _making = Task.CompletedTask;
    private Task _reading = Task.CompletedTask;
    private Task _reloading = Task.CompletedTask;
    private Task _replaying = Task.CompletedTask;
    private Task _aging = Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        LogStarting(config.Options.Name, string.Join(", ", config.Sources.Select(source => source.Name)), store.Description, Address(config.Options.Http.Listen, config.Options.Http.Tls));
        if (config.Options.Gateway is { Enabled: true } door)
        {
            LogGateway(Address(door.Listen, door.Tls), door.OnBadLine.ToString().ToLowerInvariant(), door.Unknown.ToString().ToLowerInvariant());
        }

        PendingCounters.Resume(spool, config.Tables, state.Baselines);
        state.Save();
        spool.BeforeDelete = SaveCounters;
        spool.DropDelivered();
        watch.Start();
        lanes.Start();
        _making = Task.Run(() => store.MakeAsync(config.Tables, _stopping.Token), CancellationToken.None);
        _replaying = Task.Run(() => replayer.RunAsync(config.Options.Delivery.ReplayInterval, lanes.Deliver, _stopping.Token), CancellationToken.None);
        _aging = Task.Run(() => quarantine.RunAsync(_stopping.Token), CancellationToken.None);
        gateway.Open();
        _reading = sources.RunAsync(_stopping.Token);
        _reloading = Task.Run(() => reload.RunAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        LogStopping();
        await gateway.StopAsync(cancellationToken);
        await _stopping.CancelAsync();
        await _reloading;
        await _reading;
        await _making;
        await _replaying;
        await _aging;
        await lanes.StopAsync();
        await watch.StopAsync();
        state.Save();
        LogStopped();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) =>
        config.Options.Gateway.Enabled ? gateway.StartAsync(cancellationToken) : Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();

    /// <summary>The rows of a table with counters tell where those went since the state was saved last.</summary>
    private void SaveCounters(string table)
    {
        if (config.Tables.TryGet(table, out Table? known) && PushedCounters.Concern(known))
        {
            state.Save();
        }
    }

    private static string Address(HostPort listen, TlsOptions? tls) => $"{(tls is null ? "http" : "https")}://{listen}";

    [LoggerMessage(70, LogLevel.Information, "{Collector} starts: reads {Sources}; delivers to {Store}; shows {Listen}/metrics")]
    private partial void LogStarting(string collector, string sources, string store, string listen);

    [LoggerMessage(73, LogLevel.Information, "Line protocol is taken at {Listen}/write (on_bad_line: {OnBadLine}, unknown: {Unknown})")]
    private partial void LogGateway(string listen, string onBadLine, string unknown);

    [LoggerMessage(71, LogLevel.Information, "Stopping: the sources first, then what is left to deliver")]
    private partial void LogStopping();

    [LoggerMessage(72, LogLevel.Information, "Stopped")]
    private partial void LogStopped();
}
