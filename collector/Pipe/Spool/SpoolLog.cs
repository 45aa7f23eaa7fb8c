using System.Runtime.InteropServices;

namespace Collector.Pipe.Spool;

/// <summary>
/// The log of one table: appended at its end, read by one or more readers, completed in any order. All members may be called
/// from any thread.
/// </summary>
public sealed partial class SpoolLog
{
    private readonly Lock _gate = new();
    private readonly SpoolContext _context;
    private readonly string _directory;
    private readonly SpoolCursor _cursor;
    private readonly DeliveredIds _delivered;

    /// <summary>Oldest first; the last may be open to appends.</summary>
    private readonly List<Segment> _segments;

    private SegmentWriter? _writer;
    private SpoolDamage _damage;
    private ulong _nextId;
    private long _oldestPendingMicros;
    private long _accepted;
    private readonly long _recovered;
    private long _replayed;
    private long _completed;
    private long _droppedOldest;
    private long _droppedCorrupt;
    private bool _isClosed;

    private SpoolLog(string table, string directory, SpoolCursor cursor, RecoveredLog found, SpoolContext context)
    {
        Table = table;
        _directory = directory;
        _context = context;
        _cursor = cursor;
        _segments = found.Segments;
        _delivered = found.Delivered;
        _nextId = found.NextId;
        _damage = found.Damage;
        _droppedCorrupt = found.LostRows;
        _recovered = found.LostRows;
        _oldestPendingMicros = found.OldestPendingMicros;
        _commit = new GroupCommit(Sync);
        foreach (Segment segment in _segments)
        {
            _recovered += segment.PendingRows;
            context.Space.Add(segment.FileBytes);
        }

        if (_segments is [.., { IsSealed: false } tail])
        {
            _writer = SegmentWriter.Reopen(tail, context.Disk);
        }
    }

    /// <summary>The table all lines of this log belong to.</summary>
    public string Table { get; }

    internal SpoolDisk Disk => _context.Disk;

    /// <summary>The id the next record will bear.</summary>
    public ulong NextId
    {
        get
        {
            lock (_gate)
            {
                return _nextId;
            }
        }
    }

    /// <summary>The lowest id that is not delivered; equal to <see cref="NextId"/> when all is.</summary>
    public ulong Watermark
    {
        get
        {
            lock (_gate)
            {
                return Math.Min(_delivered.Watermark, _nextId);
            }
        }
    }

    /// <summary>Bytes of this log's segment files.</summary>
    public long TotalBytes
    {
        get
        {
            lock (_gate)
            {
                return SumFileBytes();
            }
        }
    }

    /// <summary>
    /// When the oldest pending row was appended, null when none is pending. Out-of-order completion makes it at most older
    /// than it is, never younger.
    /// </summary>
    public DateTimeOffset? OldestPending
    {
        get
        {
            lock (_gate)
            {
                return _oldestPendingMicros == 0
                    ? null
                    : DateTimeOffset.UnixEpoch.AddTicks(_oldestPendingMicros * TimeSpan.TicksPerMicrosecond);
            }
        }
    }

    public SpoolDamage Damage
    {
        get
        {
            lock (_gate)
            {
                return _damage;
            }
        }
    }

    public static SpoolLog Open(string table, string directory, SpoolContext context)
    {
        Directory.CreateDirectory(directory);
        var cursor = SpoolCursor.Open(directory, context.Disk, out CursorState? state);
        try
        {
            RecoveredLog found = SegmentRecovery.Run(directory, state, context.Disk, context.Logger);
            var log = new SpoolLog(table, directory, cursor, found, context);
            log.WriteCursor(isClean: false);
            return log;
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }

    /// <summary>The books, in one consistent snapshot.</summary>
    public SpoolCounts Counts()
    {
        lock (_gate)
        {
            long rows = 0;
            long bytes = 0;
            foreach (Segment segment in CollectionsMarshal.AsSpan(_segments))
            {
                rows += segment.PendingRows;
                bytes += segment.PendingBytes;
            }

            return new SpoolCounts
            {
                AcceptedRows = _accepted,
                RecoveredRows = _recovered,
                ReplayedRows = _replayed,
                DeliveredRows = _completed,
                DroppedOldestRows = _droppedOldest,
                DroppedCorruptRows = _droppedCorrupt,
                PendingRows = rows,
                PendingBytes = bytes,
            };
        }
    }

    /// <summary>Syncs and closes; the cursor remembers that it was done in order.</summary>
    public void Close()
    {
        TaskCompletionSource? arrival;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            arrival = _arrival;
        }

        arrival?.TrySetResult();
        string? error = Sync();
        lock (_syncGate)
        {
            lock (_gate)
            {
                WriteCursor(isClean: error is null);
                SyncCursor();
                _writer?.Dispose();
                _cursor.Dispose();
            }
        }
    }

    private long SumFileBytes()
    {
        long sum = 0;
        foreach (Segment segment in _segments)
        {
            sum += segment.FileBytes;
        }

        return sum;
    }
}
