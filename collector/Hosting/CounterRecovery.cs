using Collector.Delivery.Spool;
using Collector.Lines;
using Collector.Tables;

namespace Collector.Hosting;

/// <summary>
/// Brings the counters' baselines up to the rows in the spool. A row is on disk a moment before the local state is: killed
/// in between, the collector would count that row's increase again with its next reading.
/// </summary>
internal static class CounterRecovery
{
    /// <summary>Each source saves the state after every reading, so that at most one record of each can be ahead of it.</summary>
    private const int Records = 1_000;

    private const int BatchBytes = 1024 * 1024;

    /// <summary>To be called before the first reading and the first delivery; a delivered row is not looked at.</summary>
    public static void Run(SpoolDirectory spool, TableCatalog tables, CounterBaselines baselines)
    {
        foreach (SpoolLog log in spool.Logs)
        {
            if (tables.TryGet(log.Table, out Table? table) && table.Columns.Any(column => column.Delta is not null))
            {
                Run(log, table, baselines);
            }
        }
    }

    private static void Run(SpoolLog log, Table table, CounterBaselines baselines)
    {
        var rows = new LineReader(table);
        var batch = new SpoolBatch();
        using SpoolReader reader = log.OpenReaderNearEnd(Records);
        try
        {
            while (reader.Read(batch, int.MaxValue, BatchBytes))
            {
                rows.Start(batch.Lines, TimeWindow.Any);
                for (LineStatus status = rows.Read(); status != LineStatus.End; status = rows.Read())
                {
                    if (status == LineStatus.Row && SeriesLength(rows) is { } length)
                    {
                        Restore(rows, rows.Row.Span[..length], baselines);
                    }
                }
            }
        }
        catch (IOException)
        {
            // The lane meets the same fault, tells it and tries again; here it costs a baseline.
        }
    }

    private static void Restore(LineReader row, ReadOnlySpan<byte> series, CounterBaselines baselines)
    {
        foreach (Column counter in row.Table.Columns)
        {
            if (counter.Delta is not null && row.Has(counter))
            {
                baselines.For(row.Table.Name, counter.Name).Of(series).Restore(row.Long(counter));
            }
        }
    }

    /// <summary>Bytes of the row from its table to the last key's value, as the line writer begins it; null where a key has no value.</summary>
    private static int? SeriesLength(LineReader row)
    {
        int length = LineText.EscapedName(row.Table.Name).Length;
        foreach (Column key in row.Table.Keys)
        {
            if (!row.Has(key) || !row.Row.Span.Overlaps(row.Escaped(key), out int at))
            {
                return null;
            }

            length = Math.Max(length, at + row.Escaped(key).Length);
        }

        return length;
    }
}
