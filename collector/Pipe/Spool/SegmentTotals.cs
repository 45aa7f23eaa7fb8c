using System.Runtime.InteropServices;

namespace Collector.Pipe.Spool;

/// <summary>What a run of records holds; a segment's footer stores just this.</summary>
[StructLayout(LayoutKind.Auto)]
public record struct SegmentTotals
{
    public ulong FirstId { get; set; }

    public ulong LastId { get; set; }

    public long Records { get; set; }

    public long Rows { get; set; }

    /// <summary>Payload bytes, without heads and padding.</summary>
    public long Bytes { get; set; }

    public long OldestMicros { get; set; }

    public long NewestMicros { get; set; }

    /// <summary>False when ids are missing between the first and the last: only then must the segment be read to know which.</summary>
    public readonly bool IsDense => Records == 0 || (ulong)Records == LastId - FirstId + 1;

    public void Add(in RecordHead head)
    {
        if (Records == 0)
        {
            FirstId = head.Id;
            OldestMicros = head.AppendedMicros;
            NewestMicros = head.AppendedMicros;
        }

        LastId = head.Id;
        Records++;
        Rows += head.Rows;
        Bytes += head.Length;
        // A clock may be set back between two appends.
        OldestMicros = Math.Min(OldestMicros, head.AppendedMicros);
        NewestMicros = Math.Max(NewestMicros, head.AppendedMicros);
    }
}
