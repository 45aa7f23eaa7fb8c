using System.Runtime.InteropServices;

namespace Collector.Pipe.Spool;

/// <summary>The bookkeeping of one segment file. Guarded by its log's lock.</summary>
internal sealed class Segment(string path, ulong firstId)
{
    /// <summary>Batches in flight out of one segment that Complete can look up; beyond it the file is read once more.</summary>
    private const int MaxMarks = 64;

    private readonly List<ReadMark> _marks = [];

    public string Path { get; } = path;

    /// <summary>Where ids of this segment begin, also while it is empty.</summary>
    public ulong FirstId { get; } = firstId;

    /// <summary>Not a property: <see cref="SegmentTotals.Add"/> changes it in place.</summary>
    public SegmentTotals Totals;

    public long CompletedRows { get; set; }

    public long CompletedBytes { get; set; }

    /// <summary>Offset just behind the last whole record; a reader never looks further.</summary>
    public long DataEnd { get; set; } = SegmentFormat.HeaderSize;

    /// <summary>Bytes of the file, all parts.</summary>
    public long FileBytes { get; set; } = SegmentFormat.HeaderSize;

    public bool IsSealed { get; set; }

    /// <summary>Deleted or replaced: a reader that stands here looks for its place anew.</summary>
    public bool IsGone { get; set; }

    /// <summary>Holds damage that could not be cut out; readers step over it.</summary>
    public bool IsDamaged { get; set; }

    /// <summary>Its rows were replayed: older than what stands before them, so they tell nothing of where a counter stood last.</summary>
    public bool IsReplayed { get; init; }

    public bool IsEmpty => Totals.Records == 0;

    public ulong LastId => Totals.LastId;

    public long PendingRows => Totals.Rows - CompletedRows;

    public long PendingBytes => Totals.Bytes - CompletedBytes;

    public void Mark(in ReadMark mark)
    {
        Unmark(new IdRange(mark.FirstId, mark.FirstId));
        if (_marks.Count == MaxMarks)
        {
            _marks.RemoveAt(0);
        }

        _marks.Add(mark);
    }

    /// <summary>What a reader counted when it read exactly these records.</summary>
    public bool TryFindMark(in IdRange ids, out ReadMark mark)
    {
        foreach (ReadMark m in _marks)
        {
            if (m.FirstId == ids.First && m.LastId == ids.Last)
            {
                mark = m;
                return true;
            }
        }

        mark = default;
        return false;
    }

    /// <summary>The nearest known offset at or before the record.</summary>
    public long OffsetBefore(ulong id)
    {
        long offset = SegmentFormat.HeaderSize;
        foreach (ReadMark m in _marks)
        {
            if (m.FirstId <= id && m.Offset > offset)
            {
                offset = m.Offset;
            }
        }

        return offset;
    }

    public void Unmark(in IdRange ids)
    {
        for (int i = _marks.Count - 1; i >= 0; i--)
        {
            if (_marks[i].FirstId >= ids.First && _marks[i].FirstId <= ids.Last)
            {
                _marks.RemoveAt(i);
            }
        }
    }
}

/// <summary>A run of records a reader has handed out: where it began in the file and what it held.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ReadMark(ulong FirstId, ulong LastId, long Offset, long Rows, long Bytes, long NewestMicros);
