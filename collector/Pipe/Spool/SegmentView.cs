namespace Collector.Pipe.Spool;

/// <summary>One segment file, looked at from outside.</summary>
/// <param name="Bytes">Of the file.</param>
/// <param name="DeliveredRows">Rows in it that the cursor says are delivered.</param>
/// <param name="Scan">What reading all of it found; null where header and footer told enough.</param>
public sealed record SegmentView(string Path, SegmentTotals Totals, long Bytes, long DeliveredRows, bool IsSealed, SegmentScan? Scan)
{
    public string Name => System.IO.Path.GetFileName(Path);

    public long PendingRows => Totals.Rows - DeliveredRows;

    /// <summary>Null when the file is gone: a running collector delivered it meanwhile.</summary>
    /// <param name="after">Ids up to here stand in earlier segments.</param>
    public static SegmentView? TryLook(string path, DeliveredIds delivered, ulong after)
    {
        try
        {
            var ends = SegmentEnds.Read(path, SpoolDisk.Real);
            return ends.TellsAll(delivered, out bool isDelivered) && ends.Footer is { } totals && totals.FirstId > after
                ? new SegmentView(path, totals, ends.Length, isDelivered ? totals.Rows : 0, IsSealed: true, Scan: null)
                : Of(path, SegmentScan.Run(path, SpoolDisk.Real, delivered, after));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>As <see cref="TryLook"/>, but reads all of it, whatever its footer says.</summary>
    public static SegmentView? TryScan(string path, DeliveredIds delivered, ulong after, RecordVisitor? visitor = null)
    {
        try
        {
            return Of(path, SegmentScan.Run(path, SpoolDisk.Real, delivered, after, visitor));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static SegmentView Of(string path, SegmentScan scan) =>
        new(path, scan.Totals, scan.FileLength, scan.CompletedRows, scan.HasFooter, scan);
}
