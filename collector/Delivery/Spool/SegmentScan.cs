using System.Buffers;
using System.Runtime.InteropServices;

namespace Collector.Delivery.Spool;

/// <summary>
/// What a segment file holds, found by reading all of it. It promises: every record whose head and payload bear their sums is
/// found, whatever became of the bytes around it.
/// </summary>
internal sealed class SegmentScan
{
    /// <summary>Corrupt places that are told one by one; all are counted.</summary>
    private const int MaxFaults = 100;

    private SegmentTotals _totals;
    private RecordVisitor? _visitor;

    public SegmentHeader Header { get; private set; }

    public HeaderState HeaderState { get; private set; }

    public bool HasFooter { get; private set; }

    /// <summary>Behind the records stands what once was a footer.</summary>
    public bool HasDamagedFooter { get; private set; }

    public long FileLength { get; private set; }

    /// <summary>The records that can be read.</summary>
    public SegmentTotals Totals => _totals;

    /// <summary>Of those, what is delivered.</summary>
    public long CompletedRows { get; private set; }

    public long CompletedBytes { get; private set; }

    /// <summary>Append time of the oldest record that is not delivered; 0 when there is none.</summary>
    public long OldestPendingMicros { get; private set; }

    /// <summary>Rows of undelivered records whose head is intact and whose payload is not.</summary>
    public long LostRows { get; private set; }

    public int CorruptPlaces { get; private set; }

    /// <summary>Offset behind the last readable record.</summary>
    public long DataEnd { get; private set; } = SegmentFormat.HeaderSize;

    /// <summary>Bytes of an unfinished append at the end.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Stretches of readable records in the file.</summary>
    public List<Extent> Extents { get; } = [];

    /// <summary>Ids between the readable records that none of them bears.</summary>
    public List<IdRange> Gaps { get; } = [];

    /// <summary>The first <see cref="MaxFaults"/> corrupt places, in the order of the file.</summary>
    public List<SegmentFault> Faults { get; } = [];

    /// <summary>More than an unfinished append is wrong with it.</summary>
    public bool IsDamaged =>
        CorruptPlaces > 0 || (HeaderState == HeaderState.Damaged && FileLength >= SegmentFormat.HeaderSize);

    /// <param name="path">The file.</param>
    /// <param name="delivered">What is delivered, to tell the pending rows from the others.</param>
    /// <param name="after">Ids up to here stand in earlier segments; a record with one of them is damage.</param>
    /// <param name="visitor">Is shown each record that has an intact head.</param>
    public static SegmentScan Run(string path, DeliveredIds delivered, ulong after, RecordVisitor? visitor = null)
    {
        var scan = new SegmentScan { _visitor = visitor };
        using var reader = new SegmentReader(path);
        scan.FileLength = reader.FileLength;
        scan.HeaderState = SegmentHeader.Read(reader.Peek(0, SegmentFormat.HeaderSize, scan.FileLength), out SegmentHeader header);
        scan.Header = header;
        if (scan.FileLength < SegmentFormat.HeaderSize)
        {
            scan.TornBytes = scan.FileLength;
            return scan;
        }

        if (scan.HeaderState is HeaderState.Valid or HeaderState.Damaged)
        {
            scan.ReadRecords(reader, delivered, after);
        }

        return scan;
    }

    private void ReadRecords(SegmentReader reader, DeliveredIds delivered, ulong after)
    {
        long end = FileLength - SegmentFormat.FooterSize;
        HasFooter = end >= SegmentFormat.HeaderSize
            && SegmentFooter.TryRead(reader.Peek(end, SegmentFormat.FooterSize, FileLength), out _);
        end = HasFooter ? end : FileLength;
        reader.KnownEnd = end;
        while (reader.Position < end)
        {
            ulong last = Math.Max(after, _totals.LastId);
            bool isIntact = reader.TryReadHead(end, out RecordHead head);
            if (isIntact && head.Id > last)
            {
                ReadRecord(reader, head, delivered);
                continue;
            }

            if (IsEndOfRecords(reader, head, end))
            {
                return;
            }

            long at = reader.Position;
            bool isResynced = reader.TryResync(end, last);
            Note(at, Problem(head, at, last, end), isResynced ? reader.Position : end);
            if (!isResynced)
            {
                return;
            }
        }
    }

    private void ReadRecord(SegmentReader reader, in RecordHead head, DeliveredIds delivered)
    {
        bool isDelivered = delivered.Contains(head.Id);
        byte[] payload = ArrayPool<byte>.Shared.Rent(head.Length);
        bool isIntact = reader.TryReadPayload(head, payload.AsSpan(0, head.Length));
        _visitor?.Invoke(new VisitedRecord(head, reader.Position, payload.AsMemory(0, head.Length), isIntact, isDelivered));
        ArrayPool<byte>.Shared.Return(payload);
        if (isIntact)
        {
            Count(head, reader.Position, isDelivered);
        }
        else
        {
            Note(
                reader.Position + SegmentFormat.HeadSize, $"the payload of record {head.Id} ({head.Rows} rows) does not bear its sum",
                reader.Position + head.Size);
            LostRows += isDelivered ? 0 : head.Rows;
        }

        reader.Skip(head);
    }

    private void Note(long at, string problem, long end)
    {
        CorruptPlaces++;
        if (Faults.Count < MaxFaults)
        {
            Faults.Add(new SegmentFault(at, end, problem));
        }
    }

    private static string Problem(in RecordHead head, long at, ulong last, long end) => head switch
    {
        { Length: 0 } => "a record's head does not bear its sum",
        _ when head.Id <= last => $"record {head.Id} stands behind record {last}",
        _ => $"record {head.Id} announces {head.Length} bytes where {end - at - SegmentFormat.HeadSize} are left",
    };

    private void Count(in RecordHead head, long at, bool isDelivered)
    {
        if (_totals.Records > 0 && head.Id > _totals.LastId + 1)
        {
            Gaps.Add(new IdRange(_totals.LastId + 1, head.Id - 1));
        }

        _totals.Add(head);
        if (isDelivered)
        {
            CompletedRows += head.Rows;
            CompletedBytes += head.Length;
        }
        else if (OldestPendingMicros == 0)
        {
            OldestPendingMicros = head.AppendedMicros;
        }

        if (Extents.Count > 0 && Extents[^1].End == at)
        {
            Extents[^1] = new Extent(Extents[^1].Start, at + head.Size);
        }
        else
        {
            Extents.Add(new Extent(at, at + head.Size));
        }

        DataEnd = at + head.Size;
    }

    /// <summary>
    /// True for what a killed process or a cut of power leaves behind: less than a head, a whole head announcing more than
    /// there is, or zeros where blocks never reached the disk. The latter two are not searched for records: what is in them
    /// is payload.
    /// </summary>
    private bool IsEndOfRecords(SegmentReader reader, in RecordHead head, long end)
    {
        if (HasFooter)
        {
            return false;
        }

        long rest = end - reader.Position;
        if (rest == SegmentFormat.FooterSize
            && SegmentFooter.IsDamagedFooter(reader.Peek(reader.Position, SegmentFormat.FooterSize, end)))
        {
            HasDamagedFooter = true;
            return true;
        }

        bool isTorn = rest < SegmentFormat.HeadSize
            || (head.Length > 0 && reader.Position + head.Size > end)
            || IsZeroToEnd(reader, end);
        TornBytes = isTorn ? rest : 0;
        return isTorn;
    }

    private static bool IsZeroToEnd(SegmentReader reader, long end)
    {
        const int Step = 4096;
        for (long at = reader.Position; at < end; at += Step)
        {
            if (!SegmentFormat.AllZero(reader.Peek(at, Step, end)))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Bytes of a file, the end excluded.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Extent(long Start, long End);

/// <summary>A stretch of a segment that cannot be read, and why.</summary>
/// <param name="Offset">Where the file stops to be as it should.</param>
/// <param name="End">Where it is readable again, or its end.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SegmentFault(long Offset, long End, string Problem);

/// <summary>A record as it stands in the file.</summary>
/// <param name="Payload">Its lines; valid during the visit only, and rotten where <paramref name="IsIntact"/> is false.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct VisitedRecord(RecordHead Head, long Offset, ReadOnlyMemory<byte> Payload, bool IsIntact, bool IsDelivered);

/// <summary>Is shown a segment's records one by one.</summary>
internal delegate void RecordVisitor(in VisitedRecord record);
