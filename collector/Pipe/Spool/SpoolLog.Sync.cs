namespace Collector.Pipe.Spool;

/// <content>Forcing to the disk. The slow calls are made outside the log's lock, so that appends go on meanwhile.</content>
public sealed partial class SpoolLog
{
    /// <summary>Held while syncing and whenever a handle is closed; taken before the log's lock.</summary>
    private readonly Lock _syncGate = new();

    /// <summary>Sealed, not yet synced.</summary>
    private readonly List<SegmentWriter> _retired = [];

    /// <summary>Names in the folder that were not synced; a run before may have left some.</summary>
    private bool _hasNewFiles = true;

    private string? _syncError;

    /// <summary>Records up to this id were in a sync that failed, or were synced before it.</summary>
    private ulong _unsyncedThrough;

    /// <summary>The error of the last sync; null when it went well.</summary>
    public string? SyncError => Volatile.Read(ref _syncError);

    /// <summary>Syncs what was written since the last time. Returns the disk's error, null when there is none.</summary>
    public string? Sync()
    {
        lock (_syncGate)
        {
            SegmentWriter[] writers;
            SegmentWriter? open;
            bool hasNewFiles;
            lock (_gate)
            {
                open = _writer is { IsDirty: true } ? _writer : null;
                if (open is null && _retired.Count == 0 && !_hasNewFiles)
                {
                    return null;
                }

                writers = [.. _retired];
                _retired.Clear();
                hasNewFiles = _hasNewFiles;
                _hasNewFiles = false;
                if (open is not null)
                {
                    // Cleared before the sync: what is written while it runs is for the next one.
                    open.IsDirty = false;
                }
            }

            string? error = null;
            foreach (SegmentWriter writer in writers)
            {
                error = SyncFile(writer) ?? error;
                writer.Dispose();
            }

            error = (open is null ? null : SyncOpen(open)) ?? error;
            error = (hasNewFiles ? SyncNames() : null) ?? error;
            Volatile.Write(ref _syncError, error);
            if (error is not null)
            {
                lock (_gate)
                {
                    Volatile.Write(ref _unsyncedThrough, _nextId - 1);
                }
            }

            if (error is not null && _context.Repeated.IsDue())
            {
                LogSyncFailed(_context.Logger, Table, error);
            }

            return error;
        }
    }

    /// <summary>
    /// After a failed sync the kernel may have thrown the pages away and call the next one a success: nothing more is
    /// appended to such a file.
    /// </summary>
    private string? SyncOpen(SegmentWriter open)
    {
        string? error = SyncFile(open);
        if (error is null)
        {
            return null;
        }

        lock (_gate)
        {
            if (ReferenceEquals(_writer, open))
            {
                open.Segment.IsSealed = true;
                _writer = null;
                if (open.Segment.IsEmpty)
                {
                    GiveUpEmpty(open);
                }

                open.Dispose();
            }
        }

        return error;
    }

    private static string? SyncFile(SegmentWriter writer)
    {
        try
        {
            if (!writer.Segment.IsGone)
            {
                writer.Sync();
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private string? SyncNames()
    {
        try
        {
            _context.Disk.SyncDirectory(_directory);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lock (_gate)
            {
                _hasNewFiles = true; // the next sync makes up for it, before anything counts as synced
            }

            return e.Message;
        }
    }
}
