namespace Collector.Pipe.Delivery;

/// <summary>
/// The memory that the batches of all tables together may take. Who finds none waits for its turn, holding nothing; a batch
/// larger than all of it goes alone. Thread-safe.
/// </summary>
internal sealed class BatchRoom(long limit)
{
    private readonly Lock _gate = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Turn)> _waiting = new();
    private long _taken;

    /// <summary>Bytes that are taken.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <returns>False when they are not there now, or others wait for theirs.</returns>
    public bool TryTake(long bytes)
    {
        lock (_gate)
        {
            if (_waiting.Count > 0 || !Fits(bytes))
            {
                return false;
            }

            _taken += bytes;
            return true;
        }
    }

    /// <summary>Takes the bytes once they are there.</summary>
    /// <exception cref="OperationCanceledException">They were not there before; none are taken.</exception>
    public async ValueTask TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        if (TryTake(bytes))
        {
            return;
        }

        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue((bytes, turn));
        }

        Give(0); // they may have come back meanwhile
        await using CancellationTokenRegistration left = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
        await turn.Task;
    }

    /// <summary>A batch turned out to be smaller, or one record alone larger, than what was taken for it.</summary>
    public void Change(long from, long to) => Give(from - to);

    public void Give(long bytes)
    {
        lock (_gate)
        {
            _taken -= bytes;
            while (_waiting.TryPeek(out (long Bytes, TaskCompletionSource Turn) next) && (next.Turn.Task.IsCompleted || Fits(next.Bytes)))
            {
                _waiting.Dequeue();
                _taken += next.Turn.TrySetResult() ? next.Bytes : 0;
            }
        }
    }

    private bool Fits(long bytes) => _taken <= 0 || _taken + bytes <= limit;
}
