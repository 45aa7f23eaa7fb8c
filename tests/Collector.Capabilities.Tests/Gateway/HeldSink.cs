using Collector.Lines;

namespace Collector.Tests.Capabilities.Gateway;

/// <summary>A slow disk: rows are taken, and the answer to that is held back until it is let go.</summary>
internal sealed class HeldSink : ILineSink
{
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _entered;

    public RecordedSink Inner { get; } = new();

    /// <summary>How often rows were handed in.</summary>
    public int Entered => Volatile.Read(ref _entered);

    public void LetGo() => _letGo.TrySetResult();

    public async ValueTask<string?> AcceptAsync(LineRows rows, CancellationToken cancellationToken)
    {
        string? refused = await Inner.AcceptAsync(rows, cancellationToken);
        Interlocked.Increment(ref _entered);
        await _letGo.Task;
        return refused;
    }

    public int Refuse(IReadOnlyList<RefusedRow> rows) => Inner.Refuse(rows);
}
