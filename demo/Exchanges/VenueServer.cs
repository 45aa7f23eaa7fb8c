using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Demo.Exchanges;

/// <summary>A venue on 127.0.0.1: a WebSocket at <c>/ws</c> and its time at <c>/time</c>, that speaks one dialect and behaves as it is told.</summary>
internal sealed class VenueServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly VenueDialect _dialect;
    private readonly TimeProvider _clock;
    private readonly List<VenueSession> _sessions = [];
    private int _attempts;

    private VenueServer(WebApplication app, VenueDialect dialect, VenueManner manner, TimeProvider clock) => (_app, _dialect, Manner, _clock) = (app, dialect, manner, clock);

    public VenueManner Manner { get; }

    /// <summary>The name of its dialect, which is that of the collector's preset.</summary>
    public string Dialect => _dialect.Name;

    /// <summary>The address of the WebSocket.</summary>
    public Uri Url { get; private set; } = new("ws://none");

    /// <summary>The address of the page that tells the time.</summary>
    public Uri Clock { get; private set; } = new("http://none");

    /// <summary>Connections that were asked for, also those refused.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

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
        var manner = new VenueManner();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            listen.Use(next => connection =>
            {
                GatedReader.Guard(connection, manner);
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
        var server = new VenueServer(app, dialect, manner, clock);
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
        foreach (VenueSession session in Sessions)
        {
            session.Cut();
        }

        await _app.DisposeAsync();
        foreach (VenueSession session in Sessions)
        {
            session.Dispose();
        }
    }

    private async Task ServeAsync(HttpContext http)
    {
        if (http.Request.Path == "/time")
        {
            await TellTimeAsync(http);
            return;
        }

        Interlocked.Increment(ref _attempts);
        await Manner.BeforeHandshake();
        if (Manner.Refuses is { } status || !http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = Manner.Refuses ?? StatusCodes.Status400BadRequest;
            http.Response.Headers.RetryAfter = Manner.RetryAfter;
            http.Response.Headers.Location = Manner.Location;
            return;
        }

        using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync();
        var session = new VenueSession(socket, http, _dialect, Manner, _clock);
        lock (_sessions)
        {
            _sessions.Add(session);
        }

        try
        {
            await session.RunAsync();
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The client has gone, or the connection was cut.
        }
    }

    private async Task TellTimeAsync(HttpContext http)
    {
        if (_dialect.Time is not { } page || Manner.Refuses is not null)
        {
            http.Response.StatusCode = Manner.Refuses ?? StatusCodes.Status404NotFound;
            return;
        }

        foreach ((string name, string value) in Manner.ClockHeaders)
        {
            http.Response.Headers[name] = value;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(page(_clock.GetUtcNow() + Manner.ClockAhead));
    }
}
