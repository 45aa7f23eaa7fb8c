using System.Collections.Concurrent;
using Collector.Settings.Files;
using Collector.Settings.Logging;
using Microsoft.Extensions.Logging;

namespace Collector.Pipe.Spool;

/// <summary>The spool: one log per table in one directory, held by one process.</summary>
public sealed partial class SpoolDirectory : IDisposable
{
    private readonly ConcurrentDictionary<string, SpoolLog> _logs = new(StringComparer.Ordinal);
    private readonly Lock _openGate = new();
    private readonly Lock _dropGate = new();
    private readonly SpoolContext _context;
    private readonly SpoolLock _lock;
    private ITimer? _timer;
    private int _isSyncing;
    private bool _isDisposed;

    private SpoolDirectory(SpoolContext context, SpoolLock held)
    {
        _context = context;
        _lock = held;
        context.TryDropOldest = DropOldest;
        context.TryReclaim = Reclaim;
    }

    /// <summary>Where it is.</summary>
    public string Root => _context.Options.Directory;

    /// <summary>All logs, in no order.</summary>
    public IReadOnlyCollection<SpoolLog> Logs => (IReadOnlyCollection<SpoolLog>)_logs.Values;

    /// <summary>Bytes of all segment files; files set aside as <c>.corrupt</c> are not among them.</summary>
    public long TotalBytes => _context.Space.Used;

    /// <summary>Bytes of rows that wait, without what surrounds them on disk.</summary>
    public long PendingBytes => Logs.Sum(static log => log.Counts().PendingBytes);

    /// <summary>Bytes that can still be appended: up to <see cref="SpoolOptions.MaxBytes"/> or <see cref="SpoolOptions.MinFreeBytes"/>.</summary>
    public long BytesLeft => _context.Space.Left;

    /// <summary>Is told a table before files with its rows, all delivered or given up, are deleted: what else they tell has to be safe by then.</summary>
    public Action<string> BeforeDelete
    {
        set => _context.BeforeDelete = value;
    }

    /// <summary>The error of the last sync of any log; null when all went well.</summary>
    public string? SyncError
    {
        get
        {
            foreach (SpoolLog log in Logs)
            {
                if (log.SyncError is { } error)
                {
                    return error;
                }
            }

            return null;
        }
    }

    /// <summary>
    /// Takes the directory and recovers every log in it. Throws <see cref="SpoolInUseException"/> when another process holds
    /// it, <see cref="SpoolFormatException"/> when a segment was written by a version this one cannot read, and
    /// <see cref="SpoolException"/> when it cannot be written; damage is repaired, logged and counted instead.
    /// </summary>
    public static SpoolDirectory Open(SpoolOptions options, TimeProvider time, ILogger logger) =>
        Open(options, time, logger, new SpoolDisk());

    internal static SpoolDirectory Open(SpoolOptions options, TimeProvider time, ILogger logger, SpoolDisk disk)
    {
        options = options with { Directory = Path.GetFullPath(options.Directory) };
        try
        {
            DiskFolder.Make(options.Directory, disk.SyncDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SpoolLock.NotWritable(options.Directory, e);
        }

        var held = SpoolLock.Take(options.Directory);
        var context = new SpoolContext(
            options, new SpoolSpace(options, disk, time), disk, time, logger, new RepeatedLog(time));
        var spool = new SpoolDirectory(context, held);
        try
        {
            spool.OpenLogs();
        }
        catch (Exception e)
        {
            spool.Dispose();
            if (e is UnauthorizedAccessException or (IOException and not SpoolException))
            {
                throw SpoolLock.NotWritable(options.Directory, e);
            }

            throw;
        }

        return spool;
    }

    /// <summary>The table's log, made when it is new. Throws <see cref="IOException"/> when its folder cannot be made.</summary>
    public SpoolLog Log(string table)
    {
        if (_logs.TryGetValue(table, out SpoolLog? log))
        {
            return log;
        }

        lock (_openGate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_logs.TryGetValue(table, out log))
            {
                log = SpoolLog.Open(table, TableFolder.Make(_context.Options.Directory, table, _context.Disk.SyncDirectory), _context);
                _logs[table] = log;
            }

            return log;
        }
    }

    /// <summary>
    /// Deletes what the last run had delivered and not deleted yet. Not part of opening: the rows may tell what was not saved
    /// elsewhere before that run was killed.
    /// </summary>
    public void DropDelivered()
    {
        foreach (SpoolLog log in Logs)
        {
            log.DropDelivered();
        }
    }

    /// <summary>Syncs all logs, remembers that they were closed in order, and lets go of the directory.</summary>
    public void Dispose()
    {
        lock (_openGate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        _timer?.Dispose();
        foreach (SpoolLog log in Logs)
        {
            log.Close();
        }

        _lock.Dispose();
    }

    private void OpenLogs()
    {
        foreach (string folder in Directory.GetDirectories(_context.Options.Directory))
        {
            if (Path.GetFileName(folder).StartsWith('.'))
            {
                continue; // the spool's own, as the replays are
            }

            if (TableFolder.TableOf(folder) is { } table)
            {
                TableFileName.Keep(Path.Combine(folder, TableFolder.NameFile), table, _context.Disk.SyncDirectory);
                _logs[table] = SpoolLog.Open(table, folder, _context);
            }
            else
            {
                LogForeign(_context.Logger, folder);
            }
        }

        _context.Disk.SyncDirectory(_context.Options.Directory); // a run before may have made folders and not come to it
        if (_context.Options.Fsync == FsyncMode.Interval)
        {
            TimeSpan interval = _context.Options.FsyncInterval;
            _timer = _context.Time.CreateTimer(static me => ((SpoolDirectory)me!).SyncAll(), this, interval, interval);
        }
    }

    /// <summary>A sync slower than the interval skips turns instead of piling up.</summary>
    private void SyncAll()
    {
        if (Interlocked.Exchange(ref _isSyncing, 1) == 1)
        {
            return;
        }

        try
        {
            foreach (SpoolLog log in Logs)
            {
                log.Sync();
            }
        }
        finally
        {
            Volatile.Write(ref _isSyncing, 0);
        }
    }

    /// <summary>Of the largest log the oldest sealed segment; only if no log has one, an open segment.</summary>
    private bool DropOldest(long needed)
    {
        lock (_dropGate)
        {
            // Another appender may have made the room while this one waited.
            if (_context.Space.Used + needed <= _context.Options.MaxBytes.Bytes && _context.Space.Reserve(0) == FullReason.None)
            {
                return true;
            }

            SpoolLog[] largestFirst = [.. Logs.OrderByDescending(static log => log.TotalBytes)];
            return largestFirst.Any(static log => log.TryDropOldest(evenOpen: false))
                || largestFirst.Any(static log => log.TryDropOldest(evenOpen: true));
        }
    }

    private bool Reclaim()
    {
        bool any = false;
        foreach (SpoolLog log in Logs)
        {
            any |= log.Reclaim();
        }

        return any;
    }

    [LoggerMessage(3317, LogLevel.Warning, "{Folder} belongs to no table and is left alone; move it out of the spool")]
    private static partial void LogForeign(ILogger logger, string folder);
}
