using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Demo.Exchanges;

/// <summary>A venue on a port of 127.0.0.1 of its own: a WebSocket at <c>/ws</c> and its time at <c>/time</c>.</summary>
internal sealed class VenueServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Venue _venue;
    private readonly List<VenueSession> _sessions;

    private VenueServer(WebApplication app, Venue venue, List<VenueSession> sessions) => (_app, _venue, _sessions) = (app, venue, sessions);

    public VenueBehaviour Behaviour => _venue.Behaviour;

    /// <summary>The name of its dialect, which is that of the collector's preset.</summary>
    public string Dialect => _venue.Name;

    /// <summary>The address of the WebSocket.</summary>
    public Uri Url { get; private set; } = new("ws://none");

    /// <summary>The address of the page that tells the time.</summary>
    public Uri Clock { get; private set; } = new("http://none");

    /// <summary>Connections that were asked for, also those refused.</summary>
    public int Attempts => _venue.Attempts;

    /// <summary>Every connection there was, the latest last.</summary>
    public IReadOnlyList<VenueSession> Sessions
    {
        get
        {
            lock (_sessions)
            {
                return [.. _sessions];
            }
        }
    }

    /// <param name="port">Port on 127.0.0.1; 0 for any free one.</param>
    /// <param name="certificate">For TLS; null for none.</param>
    public static async Task<VenueServer> StartAsync(VenueDialect dialect, TimeProvider clock, int port = 0, X509Certificate2? certificate = null)
    {
        List<VenueSession> sessions = [];
        var venue = new Venue(dialect, clock, session =>
        {
            lock (sessions)
            {
                sessions.Add(session);
            }
        });
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Use(next => connection =>
            {
                GatedReader.Guard(connection, venue.Behaviour);
                return next(connection);
            });
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        WebApplication app = builder.Build();
        var server = new VenueServer(app, venue, sessions);
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        app.Run(server.ServeAsync);
        await app.StartAsync();
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        server.Url = new Uri($"{(certificate is null ? "ws" : "wss")}://127.0.0.1:{address.Port}/ws");
        server.Clock = new Uri($"{(certificate is null ? "http" : "https")}://127.0.0.1:{address.Port}/time");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _venue.Cut();
        await _app.DisposeAsync();
    }

    private Task ServeAsync(HttpContext http) => http.Request.Path == "/time" ? _venue.TellTimeAsync(http) : _venue.ConnectAsync(http);
}
