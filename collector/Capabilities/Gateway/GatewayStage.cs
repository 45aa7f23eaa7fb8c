using Collector.Pipe.Delivery;
using Collector.Web.Listeners;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Collector.Capabilities.Gateway;

/// <summary>The gateway from its start to its end: it listens before anything is read, and takes lines in its stage.</summary>
internal sealed partial class GatewayStage(
    GatewayOptions options, GatewayListener listener, GatewayTables tables, UnansweredRequests unanswered, StoreConnection store, ILogger<GatewayStage> logger)
    : IStage, IHostedService
{
    public Stage Stage => Stage.Accept;

    /// <exception cref="ListenException">It cannot listen.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        store.Adopt = tables.Adopt;
        unanswered.Load();
        return listener.StartAsync(cancellationToken);
    }

    public void Start()
    {
        LogOpen(options.Listen.Address(options.Tls), options.OnBadLine.ToString().ToLowerInvariant(), options.Unknown.ToString().ToLowerInvariant());
        listener.Open();
    }

    public Task StopAsync(CancellationToken cancellationToken) => listener.StopAsync(cancellationToken);

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask; // its stage has ended it

    [LoggerMessage(7001, LogLevel.Information, "Line protocol is taken at {Listen}/write (on_bad_line: {OnBadLine}, unknown: {Unknown})")]
    private partial void LogOpen(string listen, string onBadLine, string unknown);
}
