using Microsoft.Extensions.Logging;

namespace Collector.Pipe.Spool;

/// <summary>What opening a log's directory found.</summary>
internal sealed class RecoveredLog
{
    /// <summary>Oldest first; all but the last are sealed, the last may be open to appends.</summary>
    public List<Segment> Segments { get; } = [];

    public DeliveredIds Delivered { get; set; } = new(1);

    public ulong NextId { get; set; } = 1;

    /// <summary>Not a property: it is counted up in place.</summary>
    public SpoolDamage Damage;

    /// <summary>Undelivered rows known by their heads alone.</summary>
    public long LostRows { get; set; }

    /// <summary>Append time of the oldest pending record; 0 when none is pending.</summary>
    public long OldestPendingMicros { get; set; }
}

/// <summary>
/// Opens the directory of one log and leaves it sound: every file is a whole segment, a cursor, or set aside.
///
/// It reads header and footer of each sealed segment and scans only those without a footer (the tail), those partly delivered
/// and those with missing ids. A rotten record inside a segment that is not scanned is found when it is read.
///
/// An unclean end moves the next id far ahead: a power cut may have taken records whose ids were already seen elsewhere, and
/// an id must never name two records.
/// </summary>
internal sealed partial class SegmentRecovery
{
    /// <summary>More appends than any log takes between two syncs; ids go on at a multiple of it.</summary>
    public const ulong IdJump = 1UL << 20;

    private readonly string _directory;
    private readonly SpoolDisk _disk;
    private readonly ILogger _logger;
    private readonly RecoveredLog _log = new();
    private ulong _lastId;

    private SegmentRecovery(string directory, SpoolDisk disk, ILogger logger)
    {
        _directory = directory;
        _disk = disk;
        _logger = logger;
    }

    public static RecoveredLog Run(string directory, CursorState? cursor, SpoolDisk disk, ILogger logger) =>
        new SegmentRecovery(directory, disk, logger).Run(cursor);

    private RecoveredLog Run(CursorState? cursor)
    {
        SegmentSalvage.Finish(_directory);
        string[] files = Directory.GetFiles(_directory, "*" + SegmentFormat.Extension);
        Array.Sort(files, StringComparer.Ordinal);
        if (cursor is not null)
        {
            _log.Delivered = cursor.Delivered;
        }
        else if (files.Length > 0)
        {
            _log.Damage.LostCursors++;
            LogCursorLost(_directory);
        }

        foreach (string file in files)
        {
            TakeUp(file, isTail: ReferenceEquals(file, files[^1]));
        }

        CloseGaps(cursor);
        SettleNextId(cursor);
        return _log;
    }

    private void TakeUp(string file, bool isTail)
    {
        try
        {
            if (TryFromFooter(file, out Segment? segment) || TryFromScan(file, isTail, out segment))
            {
                _log.Segments.Add(segment!);
                _lastId = Math.Max(_lastId, segment!.LastId);
            }
        }
        catch (IOException e) when (e is not SpoolException)
        {
            throw new SpoolException($"{file} cannot be read or changed now: {e.Message}. Nothing of it is lost; start again once it can.", e);
        }
    }

    private bool TryFromFooter(string file, out Segment? segment)
    {
        segment = null;
        var ends = SegmentEnds.Read(file, _disk);
        Refuse(file, ends.State, ends.Header);
        if (!ends.TellsAll(_log.Delivered, out bool isDelivered) || ends.Footer is not { } totals || totals.FirstId <= _lastId)
        {
            return false;
        }

        segment = new Segment(file, totals.FirstId)
        {
            Totals = totals,
            CompletedRows = isDelivered ? totals.Rows : 0,
            CompletedBytes = isDelivered ? totals.Bytes : 0,
            DataEnd = ends.Length - SegmentFormat.FooterSize,
            FileBytes = ends.Length,
            IsSealed = true,
            IsReplayed = ends.Header.IsReplayed,
        };
        NoteOldest(isDelivered ? 0 : totals.OldestMicros);
        return true;
    }

    private bool TryFromScan(string file, bool isTail, out Segment? segment)
    {
        var scan = SegmentScan.Run(file, _disk, _log.Delivered, _lastId);
        _log.LostRows += scan.LostRows;
        _log.Damage.CorruptPlaces += scan.CorruptPlaces;
        NoteOldest(scan.OldestPendingMicros);
        if (scan.Footer is null)
        {
            scan.Headless.ForEach(ids => _log.Damage.MissingRecords += Owed(ids.First, ids.Last + 1)); // how many rows, nobody knows
        }

        foreach (IdRange lost in scan.Gaps.Concat(scan.Headless))
        {
            _log.Delivered.Add(lost.First, lost.Last);
        }

        if (scan.TornBytes > 0)
        {
            _log.Damage.TornBytes += scan.TornBytes;
            LogTorn(file, scan.TornBytes);
        }

        if (scan.IsDamaged)
        {
            segment = Salvage(file, scan);
            return segment is not null;
        }

        segment = null;
        if (scan.Totals.Records == 0)
        {
            // Nothing but a header, or the torn beginning of one: no record was ever acknowledged out of it.
            File.Delete(file);
            return false;
        }

        segment = new Segment(file, scan.Totals.FirstId)
        {
            Totals = scan.Totals,
            CompletedRows = scan.CompletedRows,
            CompletedBytes = scan.CompletedBytes,
            DataEnd = scan.DataEnd,
            FileBytes = scan.DataEnd + (scan.HasFooter ? SegmentFormat.FooterSize : 0),
            IsSealed = scan.HasFooter,
            IsReplayed = scan.Header.IsReplayed,
        };
        if (!scan.HasFooter)
        {
            CutAndSeal(segment, scan, isTail);
        }

        return true;
    }

    /// <summary>Cuts off what stands behind the last record; only an undamaged tail stays open.</summary>
    private void CutAndSeal(Segment segment, SegmentScan scan, bool isTail)
    {
        using var writer = SegmentWriter.Reopen(segment, _disk);
        writer.CutBack();
        if (!isTail || writer.IsBroken || scan.HasDamagedFooter || scan.TornBytes > 0)
        {
            writer.Seal();
        }
    }

    private Segment? Salvage(string file, SegmentScan scan)
    {
        if (scan.Totals.Records == 0)
        {
            SetAside(file, "it holds no readable record");
            return null;
        }

        try
        {
            Segment sound = SegmentSalvage.Cut(file, scan, _disk);
            _log.Damage.FilesSetAside++;
            LogSalvaged(file, scan.CorruptPlaces, scan.Totals.Records, scan.Totals.Rows);
            return sound;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotSalvaged(file, scan.CorruptPlaces, e.Message);
            return SegmentSalvage.InPlace(file, scan);
        }
    }

    private void SetAside(string file, string reason)
    {
        // A disk that cannot even rename is away as a whole: the start ends here, before the rows are taken for lost.
        LogSetAside(file, SegmentSalvage.SetAside(file), reason);
        _log.Damage.FilesSetAside++;
    }

    private void NoteOldest(long micros)
    {
        if (_log.OldestPendingMicros == 0)
        {
            _log.OldestPendingMicros = micros;
        }
    }

    private static void Refuse(string file, HeaderState state, in SegmentHeader header)
    {
        if (state is HeaderState.TooNew or HeaderState.TooOld)
        {
            throw new SpoolFormatException(
                $"{file} has segment format {header.Version}; this version reads {SegmentFormat.OldestVersion} to "
                + $"{SegmentFormat.Version}. Let the version that wrote it deliver it, or move the file away.");
        }
    }

    [LoggerMessage(3301, LogLevel.Warning,
        "Cut {Bytes} bytes of an unfinished append off {File}; it was never acknowledged unless the machine lost power")]
    private partial void LogTorn(string file, long bytes);

    [LoggerMessage(3302, LogLevel.Error,
        "{File} is damaged in {Places} places; kept it as .corrupt and saved {Records} records ({Rows} rows). Check the disk")]
    private partial void LogSalvaged(string file, int places, long records, long rows);

    [LoggerMessage(3303, LogLevel.Error,
        "{File} is damaged in {Places} places and no sound copy could be made ({Reason}); its readable records stay in use. "
        + "Make room and start again")]
    private partial void LogNotSalvaged(string file, int places, string reason);

    [LoggerMessage(3304, LogLevel.Error, "Set {File} aside as {Aside}: {Reason}. Check the disk")]
    private partial void LogSetAside(string file, string aside, string reason);

    [LoggerMessage(3305, LogLevel.Error,
        "{Directory} lacks {Records} undelivered records before {File}: a segment was removed or lost. If it was moved, stop, "
        + "put it back and start again")]
    private partial void LogMissing(string directory, ulong records, string file);

    [LoggerMessage(3306, LogLevel.Warning,
        "The cursor in {Directory} is lost; all segments there are offered again, tables without dedup keys may hold rows twice")]
    private partial void LogCursorLost(string directory);
}
