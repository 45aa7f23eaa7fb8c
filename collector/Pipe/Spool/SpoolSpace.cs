namespace Collector.Pipe.Spool;

/// <summary>The room the whole spool may take, asked before each append without a lock and without a system call.</summary>
public sealed class SpoolSpace(SpoolOptions options, SpoolDisk disk, TimeProvider time)
{
    private static readonly TimeSpan FreeBytesAge = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private long _used;
    private long _free = long.MaxValue;
    private long _checkedAt;
    private bool _isChecked;

    /// <summary>Bytes of all segment files.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Bytes that can still be taken: up to the limit, or to what has to stay free on the disk, whichever comes first.</summary>
    public long Left
    {
        get
        {
            long left = options.MaxBytes.Bytes - Used;
            return Math.Max(0, options.MinFreeBytes.Bytes > 0 ? Math.Min(left, AskDisk() - options.MinFreeBytes.Bytes) : left);
        }
    }

    /// <summary>Takes the bytes if they are to be had; give them back when the append fails.</summary>
    public FullReason Reserve(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) > options.MaxBytes.Bytes)
        {
            Add(-bytes);
            return FullReason.MaxBytes;
        }

        if (options.MinFreeBytes.Bytes > 0 && FreeAfter(bytes) < options.MinFreeBytes.Bytes)
        {
            Add(-bytes);
            return FullReason.MinFree;
        }

        return FullReason.None;
    }

    /// <summary>Bytes that come or go without being asked for: headers, footers, deleted files.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _used, bytes);

    /// <summary>Files were deleted: the disk is asked anew at the next append.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _isChecked = false;
        }
    }

    /// <summary>What the disk had left at most a second ago, less what was appended since.</summary>
    private long FreeAfter(long bytes)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            if (!_isChecked || time.GetElapsedTime(_checkedAt, now) >= FreeBytesAge)
            {
                _free = AskDisk();
                _checkedAt = now;
                _isChecked = true;
            }

            if (_free - bytes >= options.MinFreeBytes.Bytes)
            {
                _free -= bytes;
                return _free;
            }

            return _free - bytes;
        }
    }

    private long AskDisk()
    {
        try
        {
            return disk.FreeBytes(options.Directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A disk that does not say what it has left still says when it is full.
            return long.MaxValue;
        }
    }
}
