using System.Runtime.InteropServices;
using Collector.Pipe.Spool;

namespace Collector.Pipe.Delivery;

/// <summary>
/// One table's books: <c>accepted + recovered + replayed = delivered + pending + quarantined + dropped</c>. Delivered is counted from
/// the store's answers and pending from the segments, neither from the other terms, so that the equation can fail.
/// </summary>
internal sealed class TableLedger(string table, SpoolLog log)
{
    private readonly Lock _gate = new();
    private long _delivered;
    private long _quarantined;
    private long _unkept;

    /// <summary>Closes a batch: what the store took and what went to quarantine, together with the spool's own bookkeeping.</summary>
    /// <param name="unkept">Bad rows for which quarantine had no room.</param>
    public void Complete(ulong firstId, ulong lastId, long delivered, long quarantined, long unkept)
    {
        lock (_gate)
        {
            long before = log.Counts().DeliveredRows;
            log.Complete(firstId, lastId);

            // While the batch was under way another reader may have found its segment damaged or gone. Those rows stay in
            // the books as lost, though the store has them after all: no row is counted twice, and no counter goes down.
            long dropped = delivered + quarantined + unkept - (log.Counts().DeliveredRows - before);
            _delivered += Less(delivered, ref dropped);
            _quarantined += Less(quarantined, ref dropped);
            _unkept += Less(unkept, ref dropped);
        }
    }

    private static long Less(long rows, ref long dropped)
    {
        long taken = Math.Min(rows, dropped);
        dropped -= taken;
        return rows - taken;
    }

    public LedgerEntry Snapshot()
    {
        lock (_gate)
        {
            SpoolCounts counts = log.Counts();
            return new LedgerEntry(
                table, counts.AcceptedRows, counts.RecoveredRows, counts.ReplayedRows, _delivered, counts.PendingRows, _quarantined,
                counts.DroppedOldestRows, counts.DroppedCorruptRows, _unkept);
        }
    }
}

/// <summary>One table's books at one instant, in rows since the start.</summary>
/// <param name="Replayed">Rows that were in quarantine, or in a segment set aside, and were put back.</param>
/// <param name="DroppedOldest">Undelivered rows that made room for newer ones.</param>
/// <param name="DroppedCorrupt">Rows that the disk did not give back.</param>
/// <param name="DroppedUnkept">Bad rows for which quarantine had no room.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LedgerEntry(
    string Table, long Accepted, long Recovered, long Replayed, long Delivered, long Pending, long Quarantined,
    long DroppedOldest, long DroppedCorrupt, long DroppedUnkept)
{
    /// <summary>Rows lost, whatever the reason.</summary>
    public long Dropped => DroppedOldest + DroppedCorrupt + DroppedUnkept;

    /// <summary>0, or rows went astray.</summary>
    public long Remainder => Accepted + Recovered + Replayed - Delivered - Pending - Quarantined - Dropped;
}
