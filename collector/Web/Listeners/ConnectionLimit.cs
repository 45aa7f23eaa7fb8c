using Collector.Settings.Logging;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Collector.Web.Listeners;

/// <summary>
/// Connections of a listener at a time. At the limit the one that has been idle for longest, of those that have shown no
/// token, makes room for the new one: who opens many and says nothing shuts nobody out, and neither does one address behind
/// which many clients stand. Thread-safe.
/// </summary>
/// <param name="listener">Its name at <c>/metrics</c>: <c>http</c>, <c>gateway</c>. Its option is <c>NAME.max_connections</c>.</param>
/// <param name="most">How many.</param>
public sealed partial class ConnectionLimit(string listener, int most, ListenerMetrics metrics, TimeProvider clock, ILogger logger)
{
    private readonly Lock _gate = new();
    private readonly HashSet<ConnectionSlot> _open = [];
    private readonly RepeatedLog _log = new(clock);

    /// <summary>As configured, or as many as the process may have files open for.</summary>
    /// <param name="wanted">As configured.</param>
    /// <param name="quarters">The listener's share of the files that are left to connections, in quarters.</param>
    public static ConnectionLimit Fitting(string listener, int wanted, int quarters, ListenerMetrics metrics, TimeProvider clock, ILogger logger)
    {
        int? files = FileLimit.Read();
        int most = FileLimit.Fit(wanted, quarters, files);
        if (most < wanted)
        {
            LogFewer(logger, files!.Value, listener, most, wanted);
        }

        return new ConnectionLimit(listener, most, metrics, clock, logger);
    }

    public string Listener => listener;

    public int Most => most;

    /// <summary>Connections that are open.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Takes a new connection in, or turns it away.</summary>
    /// <returns>False when it was closed.</returns>
    public bool Admit(ConnectionContext connection)
    {
        var slot = new ConnectionSlot(connection, clock);
        if (!TryEnter(slot))
        {
            connection.Abort();
            return false;
        }

        connection.Features.Set(slot);
        connection.ConnectionClosed.UnsafeRegister(
            _ =>
            {
                lock (_gate)
                {
                    _open.Remove(slot);
                }
            },
            null);
        return true;
    }

    private bool TryEnter(ConnectionSlot slot)
    {
        ConnectionSlot? idle = null;
        lock (_gate)
        {
            if (_open.Count < most)
            {
                return _open.Add(slot);
            }

            idle = _open.Where(open => open is { IsBusy: false, HasShownToken: false }).MinBy(open => open.IdleSince);
            if (idle is not null)
            {
                _open.Remove(idle);
                _open.Add(slot);
            }
        }

        idle?.Close("the connection made room for a new one");
        metrics.Closed(listener, idle is null ? ListenerMetrics.TurnedAway : ListenerMetrics.MadeRoom);
        if (_log.IsDue())
        {
            LogFull(listener, most, idle is null ? "a new one was refused" : "the longest idle one without a token was closed");
        }

        return idle is not null;
    }

    [LoggerMessage(6505, LogLevel.Warning, "The limit of open files is {Files}: the {Listener} listener takes {Most} connections instead of {Wanted} ({Listener}.max_connections). Raise the limit (ulimit -n, LimitNOFILE) for more")]
    private static partial void LogFewer(ILogger logger, int files, string listener, int most, int wanted);

    [LoggerMessage(6503, LogLevel.Warning, "The {Listener} listener is at its limit of {Most} connections: {Outcome}. See who connects, or raise {Listener}.max_connections and the limit of open files (ulimit -n, LimitNOFILE)")]
    private partial void LogFull(string listener, int most, string outcome);
}
