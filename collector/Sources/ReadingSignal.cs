using System.Threading.Channels;

namespace Collector.Sources;

/// <summary>Asks a source's runner for a reading out of turn. Raised many times before it is heard, it is heard once.</summary>
internal sealed class ReadingSignal
{
    private readonly Channel<bool> _raised = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Raise() => _raised.Writer.TryWrite(true);

    /// <summary>Takes the signal back: the reading that begins now tells everything up to here.</summary>
    public void Clear() => _raised.Reader.TryRead(out _);

    /// <summary>Waits until it is raised.</summary>
    /// <exception cref="OperationCanceledException">It was not, until the token was cancelled.</exception>
    public Task WaitAsync(CancellationToken cancellationToken) => _raised.Reader.ReadAsync(cancellationToken).AsTask();
}
