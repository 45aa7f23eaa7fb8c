using System.Runtime.InteropServices;

namespace Collector.Pipe.Spool;

/// <summary>A segment file's header and footer: all that a sealed and undamaged one needs to be known.</summary>
/// <param name="Footer">What the footer says; null where there is none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SegmentEnds(HeaderState State, SegmentHeader Header, SegmentTotals? Footer, long Length)
{
    /// <summary>Of a file that the disk does not open any more: nothing.</summary>
    public static SegmentEnds Read(string path, SpoolDisk disk)
    {
        try
        {
            return ReadAll(path, disk);
        }
        catch (IOException e) when (SpoolDisk.HasLost(e))
        {
            return new SegmentEnds(HeaderState.Damaged, default, null, 0);
        }
    }

    /// <summary>False when the records have to be looked at one by one to know which of them are delivered.</summary>
    public bool TellsAll(DeliveredIds delivered, out bool isDelivered)
    {
        isDelivered = false;
        if (State != HeaderState.Valid || Footer is not { IsDense: true } totals)
        {
            return false;
        }

        ulong owed = delivered.NextOwed(totals.FirstId, out ulong until);
        isDelivered = owed > totals.LastId;
        return isDelivered || (owed == totals.FirstId && until > totals.LastId);
    }

    private static SegmentEnds ReadAll(string path, SpoolDisk disk)
    {
        using var reader = new SegmentReader(path, disk);
        long length = reader.FileLength;
        long end = length - SegmentFormat.FooterSize;
        HeaderState state = SegmentHeader.Read(reader.Peek(0, SegmentFormat.HeaderSize, length), out SegmentHeader header);
        SegmentTotals? totals = end >= SegmentFormat.HeaderSize
            && SegmentFooter.TryRead(reader.Peek(end, SegmentFormat.FooterSize, length), out SegmentFooter footer)
            ? footer.Totals
            : null;
        return new SegmentEnds(state, header, totals, length);
    }
}
