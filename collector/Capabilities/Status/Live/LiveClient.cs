using System.Threading.Channels;

namespace Collector.Capabilities.Status.Live;

/// <summary>One open page. Events wait for it in a short queue; one that does not take them as they come is let go of.</summary>
public sealed class LiveClient : IDisposable
{
    /// <summary>Events that may wait: a slow page holds as much memory as these.</summary>
    private const int Waiting = 8;

    private readonly Channel<byte[]> _events = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Waiting) { SingleReader = true });
    private readonly CancellationTokenSource _dropped = new();

    /// <summary>Set when it was too slow: what is being written to it is given up.</summary>
    public CancellationToken Dropped => _dropped.Token;

    /// <returns>False when it is too slow.</returns>
    public bool TrySend(byte[] text) => _events.Writer.TryWrite(text);

    /// <summary>No event comes any more; those that wait are still read.</summary>
    public void Complete() => _events.Writer.TryComplete();

    /// <summary>Gives it up at once.</summary>
    public void Drop()
    {
        Complete();
        _dropped.Cancel();
    }

    public IAsyncEnumerable<byte[]> ReadAllAsync(CancellationToken cancellationToken) => _events.Reader.ReadAllAsync(cancellationToken);

    public void Dispose() => _dropped.Dispose();
}
