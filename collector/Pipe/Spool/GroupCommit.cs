namespace Collector.Pipe.Spool;

/// <summary>
/// One sync for all who wait: appends that arrive while a sync runs share the next. A record joins after it was written and
/// before the sync that covers it begins, which is what makes the answer true.
/// </summary>
internal sealed class GroupCommit(Func<string?> sync)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<string?>? _next;
    private bool _isRunning;

    /// <summary>Null when the record is on disk, else the disk's error.</summary>
    public Task<string?> JoinAsync()
    {
        lock (_gate)
        {
            _next ??= new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!_isRunning)
            {
                _isRunning = true;
                ThreadPool.UnsafeQueueUserWorkItem(static me => me.Run(), this, preferLocal: false);
            }

            return _next.Task;
        }
    }

    private void Run()
    {
        while (TryTake(out TaskCompletionSource<string?>? waiting))
        {
            try
            {
                waiting!.SetResult(sync());
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Nobody may be left waiting, whatever went wrong.
                waiting!.SetException(e);
            }
        }
    }

    private bool TryTake(out TaskCompletionSource<string?>? waiting)
    {
        lock (_gate)
        {
            waiting = _next;
            _next = null;
            _isRunning = waiting is not null;
            return _isRunning;
        }
    }
}
