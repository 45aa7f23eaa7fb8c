using System.Runtime.InteropServices;

namespace Collector.Pipe.Spool;

/// <summary>
/// One log's books at one instant. <c>Accepted + Recovered + Replayed = Delivered + Pending + DroppedOldest + DroppedCorrupt</c>; pending
/// is summed up from the segments and not derived from the others, so that the equation can fail.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SpoolCounts
{
    /// <summary>Rows appended since the spool was opened.</summary>
    public long AcceptedRows { get; init; }

    /// <summary>Rows found undelivered at open, among them those known of by an intact head whose payload is lost.</summary>
    public long RecoveredRows { get; init; }

    /// <summary>Rows taken over from quarantine or from a segment that was set aside, since the spool was opened.</summary>
    public long ReplayedRows { get; init; }

    /// <summary>Rows completed since the spool was opened.</summary>
    public long DeliveredRows { get; init; }

    /// <summary>Undelivered rows that made room in mode <see cref="WhenFull.DropOldest"/>.</summary>
    public long DroppedOldestRows { get; init; }

    /// <summary>Undelivered rows lost to damage of their file.</summary>
    public long DroppedCorruptRows { get; init; }

    public long PendingRows { get; init; }

    /// <summary>Payload bytes of the pending rows.</summary>
    public long PendingBytes { get; init; }

    /// <summary>0, or there is a bug.</summary>
    public long Remainder =>
        AcceptedRows + RecoveredRows + ReplayedRows - DeliveredRows - PendingRows - DroppedOldestRows - DroppedCorruptRows;
}

/// <summary>What was found broken in one log since the spool was opened (at open and later).</summary>
[StructLayout(LayoutKind.Auto)]
public record struct SpoolDamage
{
    /// <summary>Bytes of unfinished appends cut off the ends of segments.</summary>
    public long TornBytes { get; set; }

    /// <summary>Places at which one or more records could not be read.</summary>
    public long CorruptPlaces { get; set; }

    /// <summary>Files set aside as <c>.corrupt</c>.</summary>
    public long FilesSetAside { get; set; }

    /// <summary>Undelivered record ids whose segment was gone.</summary>
    public ulong MissingRecords { get; set; }

    /// <summary>Cursor files that had to be begun anew: what was delivered of the kept segments is offered again.</summary>
    public long LostCursors { get; set; }
}
