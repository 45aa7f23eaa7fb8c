using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Demo.Exchanges;

/// <summary>A venue that speaks one dialect and behaves as it is told: its WebSocket and its page that tells the time, wherever they are served.</summary>
/// <param name="opened">Told of each connection, before anything is said on it.</param>
internal sealed class Venue(VenueDialect dialect, TimeProvider clock, Action<VenueSession>? opened = null)
{
    private readonly Lock _gate = new();
    private readonly HashSet<VenueSession> _open = [];
    private int _attempts;

    /// <summary>The name of its dialect, which is that of the collector's preset.</summary>
    public string Name => dialect.Name;

    public VenueBehaviour Behaviour { get; } = new();

    /// <summary>Connections that were asked for, also those refused.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>The connections that are open.</summary>
    public IReadOnlyList<VenueSession> Open
    {
        get
        {
            lock (_gate)
            {
                return [.. _open];
            }
        }
    }

    /// <summary>Cuts every connection without a word.</summary>
    public void Cut()
    {
        foreach (VenueSession session in Open)
        {
            session.Cut();
        }
    }

    /// <summary>Serves a connection to its end.</summary>
    public async Task ConnectAsync(HttpContext http)
    {
        Interlocked.Increment(ref _attempts);
        await Behaviour.BeforeHandshake();
        if (Behaviour.Refuses is not null || !http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = Behaviour.Refuses ?? StatusCodes.Status400BadRequest;
            http.Response.Headers.RetryAfter = Behaviour.RetryAfter;
            http.Response.Headers.Location = Behaviour.Location;
            return;
        }

        using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync();
        var session = new VenueSession(socket, http, dialect, Behaviour, clock);
        lock (_gate)
        {
            _open.Add(session);
        }

        opened?.Invoke(session);
        try
        {
            await session.RunAsync();
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The client has gone, or the connection was cut.
        }
        finally
        {
            lock (_gate)
            {
                _open.Remove(session);
            }
        }
    }

    /// <summary>Tells its time, if it does that at all.</summary>
    public async Task TellTimeAsync(HttpContext http)
    {
        if (dialect.Time is not { } page || Behaviour.Refuses is not null)
        {
            http.Response.StatusCode = Behaviour.Refuses ?? StatusCodes.Status404NotFound;
            return;
        }

        foreach ((string name, string value) in Behaviour.ClockHeaders)
        {
            http.Response.Headers[name] = value;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(page(clock.GetUtcNow() + Behaviour.ClockAhead));
    }
}
