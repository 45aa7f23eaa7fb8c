using System.Net.Sockets;
using Collector.Web.Listeners;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Collector.Capabilities.Gateway;

/// <summary>The gateway's own listener, with limits of its own.</summary>
/// <param name="certificate">What it shows over TLS; null where none is configured.</param>
public sealed class GatewayListener(
    GatewayOptions options, GatewayEndpoint endpoint, ConnectionLimit connections, ILoggerFactory loggers, ServerCertificate? certificate = null) : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private WebApplication? _app;

    /// <summary>The port that is listened at; 0 before the start.</summary>
    public int Port => _app?.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses
        .Select(address => new Uri(address).Port).FirstOrDefault() ?? 0;

    public ConnectionLimit Connections => connections;

    /// <summary>Listens. Writes are taken from <see cref="Open"/> on.</summary>
    /// <exception cref="ListenException">It cannot.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        builder.Services.LimitConnections(_ => connections);
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _app = builder.Build();
        _app.Run(endpoint.HandleAsync);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new ListenException($"Another program listens at {options.Listen} already. End it, or choose another address with gateway.listen, or set gateway.enabled: false.", exception);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new ListenException($"The gateway cannot listen at {options.Listen} (gateway.listen): {exception.Message}", exception);
        }
    }

    /// <summary>Takes lines from now on.</summary>
    public void Open() => endpoint.Open();

    /// <summary>Takes no more requests, and lets those under way end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        endpoint.Close();
        if (_app is not null)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            end.CancelAfter(Grace);
            await _app.StopAsync(end.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxRequestBodySize = options.MaxBodyBytes.Bytes + (64 * 1024); // the limit itself is told in our own words
        limits.MinRequestBodyDataRate = new MinDataRate(options.MinRate.Bytes, Grace);
        limits.RequestHeadersTimeout = options.RequestTimeout;
        ServerCertificate? shown = options.Tls is null || certificate is not null ? certificate : throw new InvalidOperationException("TLS is configured, and the gateway was given no certificate.");
        kestrel.Listen(options.Listen, shown, options.KeepAlive);
    }

    /// <summary>Signals are the collector's to heed, not this listener's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
