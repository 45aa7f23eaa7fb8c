using Microsoft.AspNetCore.Connections;

namespace Collector.Web.Listeners;

/// <summary>One connection, as <see cref="ConnectionLimit"/> sees it. A feature of the connection, and so of its requests.</summary>
public sealed class ConnectionSlot(ConnectionContext connection, TimeProvider clock)
{
    private long _idleSince = clock.GetTimestamp();
    private int _requests;

    /// <summary>When its latest request ended, or when it was opened: a timestamp of the clock.</summary>
    public long IdleSince => Volatile.Read(ref _idleSince);

    /// <summary>True while a request is under way whose head has arrived.</summary>
    public bool IsBusy => Volatile.Read(ref _requests) > 0;

    /// <summary>True once a request on it brought the token.</summary>
    public bool HasShownToken { get; set; }

    public void Begin() => Interlocked.Increment(ref _requests);

    public void End()
    {
        Volatile.Write(ref _idleSince, clock.GetTimestamp());
        Interlocked.Decrement(ref _requests);
    }

    public void Close(string reason) => connection.Abort(new ConnectionAbortedException(reason));
}
