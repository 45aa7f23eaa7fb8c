using System.Diagnostics.Metrics;
using Collector.Lines.Tables;

namespace Collector.Pipe.Delivery;

/// <summary>What <c>/metrics</c> says of the way from the spool to the store.</summary>
public sealed class DeliveryMetrics(Meter meter, TimeProvider clock)
{
    /// <summary>One scrape asks each instrument by itself; all of them answer from one snapshot, or the equation would not add up.</summary>
    private static readonly TimeSpan OneScrape = TimeSpan.FromMilliseconds(100);

    private readonly Counter<long> _requests = meter.CreateCounter<long>(
        "collector_store_requests_total", null, "Requests to the store, by table and outcome.");

    private readonly Counter<long> _bytes = meter.CreateCounter<long>(
        "collector_store_sent_bytes_total", "By", "Bytes of line protocol that the store took.");

    private readonly Histogram<double> _duration = meter.CreateHistogram<double>(
        "collector_store_request_duration_seconds", "s", "Time until the store answered.");

    private readonly Counter<long> _refused = meter.CreateCounter<long>(
        "collector_rows_refused_total", null, "Rows turned away before they were accepted, by reason: the kind of fault, or spool_full, spool_failed. Empty table: one that there is not.");

    private readonly Counter<long> _unkept = meter.CreateCounter<long>(
        "collector_rows_refused_unkept_total", null, "Refused faulty rows that the quarantine had no room for, or could not write.");

    /// <summary>Publishes the books; called once, when there are any.</summary>
    public void Publish(Func<IEnumerable<LedgerEntry>> ledger, Func<long> spoolBytes, Func<long> quarantineBytes, long spoolLimit, Func<string?> storeProblem)
    {
        IReadOnlyList<LedgerEntry> books = [];
        long takenAt = 0;
        Counter("collector_rows_accepted_total", "Rows on disk and acknowledged since the start.", entry => entry.Accepted);
        Counter("collector_rows_recovered_total", "Rows that were still to be delivered at the start.", entry => entry.Recovered);
        Counter("collector_rows_replayed_total", "Rows put back from quarantine or from a segment that was set aside.", entry => entry.Replayed);
        Counter("collector_rows_delivered_total", "Rows that the store took.", entry => entry.Delivered);
        Counter("collector_rows_quarantined_total", "Bad rows set aside with their reason.", entry => entry.Quarantined);
        meter.CreateObservableCounter("collector_rows_dropped_total", () => Books().SelectMany(Dropped), null, "Rows lost, by reason.");
        meter.CreateObservableGauge("collector_rows_pending", () => Of(entry => entry.Pending), null, "Rows on disk that are still to be delivered.");
        meter.CreateObservableGauge(
            "collector_ledger_remainder", () => Of(entry => entry.Remainder), null, "Rows the books cannot account for. 0, or there is a fault to report.");
        meter.CreateObservableGauge("collector_spool_bytes", spoolBytes, "By", "Bytes of the spool.");
        meter.CreateObservableGauge("collector_spool_limit_bytes", () => spoolLimit, "By", "Bytes the spool may have.");
        meter.CreateObservableGauge("collector_quarantine_bytes", quarantineBytes, "By", "Bytes of the quarantine.");
        meter.CreateObservableGauge("collector_store_up", () => storeProblem() is null ? 1 : 0, null, "1 while the store takes rows, else 0.");

        IReadOnlyList<LedgerEntry> Books()
        {
            if (takenAt == 0 || clock.GetElapsedTime(takenAt) > OneScrape)
            {
                (books, takenAt) = ([.. ledger()], clock.GetTimestamp());
            }

            return books;
        }

        void Counter(string name, string help, Func<LedgerEntry, long> value) => meter.CreateObservableCounter(name, () => Of(value), null, help);

        IEnumerable<Measurement<long>> Of(Func<LedgerEntry, long> value) =>
            Books().Select(entry => new Measurement<long>(value(entry), new KeyValuePair<string, object?>("table", entry.Table)));
    }

    /// <summary>Publishes what the store deletes at the end of its time.</summary>
    public void PublishEvicted(IStore store) => meter.CreateObservableCounter(
        "collector_rows_evicted_total",
        () => store.Evicted.Select(table => new Measurement<long>(table.Rows, new KeyValuePair<string, object?>("table", table.Table))),
        null,
        "Rows that outlived their table's TTL and were deleted from the store. Absent for a store that evicts by itself.");

    /// <summary>Publishes what leaves the quarantine.</summary>
    public void PublishLeft(Quarantine quarantine) => meter.CreateObservableCounter(
        "collector_quarantine_left_total",
        () => quarantine.Left.Select(left => new Measurement<long>(left.Rows, new("table", left.Table), new("reason", left.Reason))),
        null,
        "Bad rows that left the quarantine, by reason: replayed, max_age.");

    public void Request(Batch batch, Outcome outcome, TimeSpan duration)
    {
        _requests.Add(1, new("table", batch.Table.Name), new("outcome", outcome.GetType().Name.ToLowerInvariant()));
        _duration.Record(duration.TotalSeconds);
        if (outcome is Outcome.Accepted)
        {
            _bytes.Add(batch.Lines.Length, new KeyValuePair<string, object?>("table", batch.Table.Name));
        }
    }

    public void Refused(Table? table, string reason, int rows) => _refused.Add(rows, new("table", table?.Name ?? ""), new("reason", reason));

    public void Unkept(int rows) => _unkept.Add(rows);

    private static IEnumerable<Measurement<long>> Dropped(LedgerEntry entry)
    {
        yield return Reason("oldest", entry.DroppedOldest);
        yield return Reason("corrupt", entry.DroppedCorrupt);
        yield return Reason("quarantine_full", entry.DroppedUnkept);

        Measurement<long> Reason(string reason, long rows) => new(rows, new("table", entry.Table), new("reason", reason));
    }
}
