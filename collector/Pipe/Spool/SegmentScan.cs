using System.Buffers;
using System.Runtime.InteropServices;

namespace Collector.Pipe.Spool;

/// <summary>
/// What a segment file holds, found by reading all of it. It promises: every record whose head and payload bear their sums is
/// found, whatever became of the bytes around it.
/// </summary>
public sealed class SegmentScan
{
    /// <summary>Corrupt places that are told one by one; all are counted.</summary>
    private const int MaxFaults = 100;

    private const string NotGivenBack = "bytes that the disk does not give back";

    private SegmentTotals _totals;

    /// <summary>By their heads, whatever became of their payloads.</summary>
    private SegmentTotals _heads;
    private RecordVisitor? _visitor;

    public SegmentHeader Header { get; private set; }

    public HeaderState HeaderState { get; private set; }

    public bool HasFooter => Footer is not null;

    /// <summary>What the footer says; null where there is none, or none that can be read.</summary>
    public SegmentTotals? Footer { get; private set; }

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

    /// <summary>
    /// Rows of undelivered records that cannot be read: of those whose head is intact, and where heads are lost too, what the
    /// footer tells of beyond them. Should some of these be delivered, it is too many, never too few.
    /// </summary>
    public long LostRows { get; private set; }

    /// <summary>Ids between the first and the last record, or as the footer has those, of which not even a head can be read.</summary>
    public List<IdRange> Headless { get; } = [];

    public int CorruptPlaces { get; private set; }

    /// <summary>Offset behind the last readable record.</summary>
    public long DataEnd { get; private set; } = SegmentFormat.HeaderSize;

    /// <summary>Bytes of an unfinished append at the end.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Stretches of readable records in the file.</summary>
    public List<Extent> Extents { get; } = [];

    /// <summary>Ids between the readable records that none of them bears, and those whose payload is rotten.</summary>
    public List<IdRange> Gaps { get; } = [];

    /// <summary>The first <see cref="MaxFaults"/> corrupt places, in the order of the file.</summary>
    public List<SegmentFault> Faults { get; } = [];

    /// <summary>More than an unfinished append is wrong with it.</summary>
    public bool IsDamaged =>
        CorruptPlaces > 0 || (HeaderState == HeaderState.Damaged && FileLength >= SegmentFormat.HeaderSize);

    /// <param name="path">The file.</param>
    /// <param name="disk">The disk it is on.</param>
    /// <param name="delivered">What is delivered, to tell the pending rows from the others.</param>
    /// <param name="after">Ids up to here stand in earlier segments; a record with one of them is damage.</param>
    /// <param name="visitor">Is shown each record that has an intact head.</param>
    public static SegmentScan Run(string path, SpoolDisk disk, DeliveredIds delivered, ulong after, RecordVisitor? visitor = null)
    {
        var scan = new SegmentScan { _visitor = visitor };
        try
        {
            using var reader = new SegmentReader(path, disk);
            scan.Read(reader, delivered, after);
        }
        catch (IOException e) when (SpoolDisk.HasLost(e))
        {
            scan.HeaderState = HeaderState.Damaged;
            scan.Note(0, $"the disk does not open it: {e.Message}", 0);
        }

        return scan;
    }

    private void Read(SegmentReader reader, DeliveredIds delivered, ulong after)
    {
        FileLength = reader.FileLength;
        HeaderState = SegmentHeader.Read(reader.Peek(0, SegmentFormat.HeaderSize, FileLength), out SegmentHeader header);
        Header = header;
        if (FileLength < SegmentFormat.HeaderSize)
        {
            TornBytes = FileLength;
        }
        else if (HeaderState is HeaderState.Valid or HeaderState.Damaged)
        {
            ReadRecords(reader, delivered, after);
            CountHeadless(delivered);
        }
    }

    private void ReadRecords(SegmentReader reader, DeliveredIds delivered, ulong after)
    {
        long end = FileLength - SegmentFormat.FooterSize;
        Footer = end >= SegmentFormat.HeaderSize
            && SegmentFooter.TryRead(reader.Peek(end, SegmentFormat.FooterSize, FileLength), out SegmentFooter footer)
            ? footer.Totals
            : null;
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
            Note(at, reader.IsLost(at, at + SegmentFormat.HeadSize) ? NotGivenBack : Problem(head, at, last, end), isResynced ? reader.Position : end);
            if (!isResynced)
            {
                return;
            }
        }
    }

    private void ReadRecord(SegmentReader reader, in RecordHead head, DeliveredIds delivered)
    {
        bool isDelivered = delivered.Contains(head.Id);
        NoteHead(head);
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
            long at = reader.Position + SegmentFormat.HeadSize;
            long end = reader.Position + head.Size;
            Note(at, $"the payload of record {head.Id} ({head.Rows} rows) {(reader.IsLost(at, end) ? "has " + NotGivenBack : "does not bear its sum")}", end);
            LostRows += isDelivered ? 0 : head.Rows;
            Gaps.Add(new IdRange(head.Id, head.Id));
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

    private void NoteHead(in RecordHead head)
    {
        ulong expected = _heads.Records > 0 ? _heads.LastId + 1 : Footer?.FirstId ?? head.Id;
        if (head.Id > expected)
        {
            Headless.Add(new IdRange(expected, head.Id - 1));
        }

        _heads.Add(head);
    }

    private void CountHeadless(DeliveredIds delivered)
    {
        if (Footer is not { Records: > 0 } told)
        {
            return;
        }

        ulong expected = _heads.Records > 0 ? _heads.LastId + 1 : told.FirstId;
        if (expected <= told.LastId)
        {
            Headless.Add(new IdRange(expected, told.LastId));
        }

        if (Headless.Exists(ids => !delivered.Covers(ids.First, ids.Last)))
        {
            LostRows += Math.Max(0, told.Rows - _heads.Rows);
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
public readonly record struct Extent(long Start, long End);

/// <summary>A stretch of a segment that cannot be read, and why.</summary>
/// <param name="Offset">Where the file stops to be as it should.</param>
/// <param name="End">Where it is readable again, or its end.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SegmentFault(long Offset, long End, string Problem);

/// <summary>A record as it stands in the file.</summary>
/// <param name="Payload">Its lines; valid during the visit only, and rotten where <paramref name="IsIntact"/> is false.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct VisitedRecord(RecordHead Head, long Offset, ReadOnlyMemory<byte> Payload, bool IsIntact, bool IsDelivered);

/// <summary>Is shown a segment's records one by one.</summary>
public delegate void RecordVisitor(in VisitedRecord record);
