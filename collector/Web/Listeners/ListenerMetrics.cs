using System.Diagnostics.Metrics;

namespace Collector.Web.Listeners;

/// <summary>What <c>/metrics</c> says of the listeners, by their names.</summary>
public sealed class ListenerMetrics
{
    /// <summary>The listeners' names: at <c>/metrics</c>, in the log, and the sections of their options.</summary>
    public const string Http = "http", Gateway = "gateway";

    /// <summary>Why a connection was closed at the limit: it was the new one, or an idle one.</summary>
    public const string TurnedAway = "limit", MadeRoom = "idle";

    /// <summary>Why a login failed: there was no token, or a wrong one.</summary>
    public const string NoToken = "missing", WrongToken = "wrong";

    private static readonly string[] Listeners = [Http, Gateway];

    private readonly Meter _meter;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _logins;
    private readonly Counter<long> _foreign;

    public ListenerMetrics(Meter meter)
    {
        _meter = meter;
        _closed = meter.CreateCounter<long>("collector_connections_closed_total", null, "Connections closed at the limit: limit, the new one was turned away; idle, one without a token made room.");
        _logins = meter.CreateCounter<long>("collector_logins_failed_total", null, "Requests refused for want of the token: missing, or wrong.");
        _foreign = meter.CreateCounter<long>("collector_foreign_requests_total", null, "Requests refused because another site's page made them, or under a name that is not this machine's.");
        foreach (string listener in Listeners)
        {
            Count(_closed, listener, TurnedAway, 0);
            Count(_closed, listener, MadeRoom, 0);
            Count(_logins, listener, NoToken, 0);
            Count(_logins, listener, WrongToken, 0);
            _foreign.Add(0, Name(listener));
        }
    }

    /// <summary>Publishes the connections of the listeners.</summary>
    public void Publish(params IReadOnlyList<ConnectionLimit> limits)
    {
        _meter.CreateObservableGauge("collector_connections", () => limits.Select(limit => new Measurement<int>(limit.Open, Name(limit.Listener))), null, "Connections that are open.");
        _meter.CreateObservableGauge("collector_connections_max", () => limits.Select(limit => new Measurement<int>(limit.Most, Name(limit.Listener))), null, "Connections that may be open.");
    }

    public void Closed(string listener, string reason) => Count(_closed, listener, reason, 1);

    public void LoginFailed(string listener, string reason) => Count(_logins, listener, reason, 1);

    public void Foreign(string listener) => _foreign.Add(1, Name(listener));

    private static void Count(Counter<long> counter, string listener, string reason, int times) =>
        counter.Add(times, Name(listener), new KeyValuePair<string, object?>("reason", reason));

    private static KeyValuePair<string, object?> Name(string listener) => new("listener", listener);
}
