using System.Diagnostics.Metrics;

namespace Collector.Pipe.Delivery;

/// <summary>What <c>/metrics</c> says of the database itself. A value that is not known is left out.</summary>
public static class WatchMetrics
{
    public static void Publish(Meter meter, StoreWatch watch)
    {
        if (!watch.IsWatching)
        {
            return;
        }

        OfTables("collector_database_suspended", null, "1 while the database accepts the table's rows and shows none of them, else 0.", table => table.IsSuspended is { } suspended ? suspended ? 1 : 0 : null);
        OfTables("collector_database_wal_lag_transactions", null, "Transactions that the database accepted and has not applied yet.", table => table.LagTransactions);
        OfTables("collector_database_wal_pending_rows", null, "Rows that the database accepted and has not applied yet.", table => table.PendingRows);
        meter.CreateObservableGauge("collector_database_clock_skew_seconds", () => One(watch.Latest?.ClockSkew?.TotalSeconds), "s", "The database's clock minus this machine's, to within half of the time that asking took.");
        meter.CreateObservableGauge("collector_database_read_only", () => One<long>(watch.Latest?.IsReadOnly is { } readOnly ? readOnly ? 1 : 0 : null), null, "1 while the database takes no rows at all, else 0.");
        meter.CreateObservableCounter("collector_database_watch_failures_total", () => watch.Failures, null, "Looks at the database that saw nothing.");
        meter.CreateObservableGauge("collector_database_watch_last_success_timestamp_seconds", () => One(watch.LatestAt?.ToUnixTimeMilliseconds() / 1000.0), "s", "When the database was last looked at with success, since 1970.");
        meter.CreateObservableGauge(
            "collector_audit_difference_rows",
            () => watch.Differences.Select(difference => new Measurement<long>(difference.Rows, new KeyValuePair<string, object?>("table", difference.Table))),
            null,
            "Growth of the table by the database's own count minus rows delivered, at the last quiet moment. Below 0: rows were deleted or lost there; above 0: there are more than were sent. Absent where other causes cannot be told apart: somebody else writes, a restart, an answer that never came, rows past their TTL.");

        Histogram<double> visible = meter.CreateHistogram<double>(
            "collector_write_to_visible_seconds", "s", "From the database's answer to a batch of collector_status until a query found its newest row. Includes one query's round trip, so that it is never less than that.");
        watch.BecameVisible = took => visible.Record(took.TotalSeconds);

        void OfTables(string name, string? unit, string help, Func<TableLook, long?> value) => meter.CreateObservableGauge(
            name,
            () => (watch.Latest?.Tables ?? new Dictionary<string, TableLook>(StringComparer.Ordinal))
                .Where(table => value(table.Value) is not null)
                .Select(table => new Measurement<long>(value(table.Value)!.Value, new KeyValuePair<string, object?>("table", table.Key))),
            unit,
            help);
    }

    private static IEnumerable<Measurement<T>> One<T>(T? value)
        where T : struct => value is { } known ? [new Measurement<T>(known)] : [];
}
