using Collector.Delivery.Spool;
using Collector.Lines;
using Collector.Tables;

namespace Collector.Hosting;

/// <summary>
/// Where the counters stood, from the rows that wait in the spool. A row is on disk before the state is saved: a collector
/// killed in between would count that row's increase a second time. A series has one writer, so its last row in the spool is
/// at least as new as what was saved. Only the newest segments are read: whatever stands before them was saved long ago.
/// </summary>
internal static class PendingCounters
{
    private const int BatchRows = 1_000;
    private const int BatchBytes = 1 << 20;

    /// <summary>Brings the baselines up to the rows of all logs. To be called before a source is read or a row is delivered.</summary>
    public static void Resume(SpoolDirectory spool, TableCatalog tables, CounterBaselines baselines)
    {
        foreach (SpoolLog log in spool.Logs)
        {
            if (!tables.TryGet(log.Table, out Table? table) || !Array.Exists(table.Columns, column => column.Delta is not null))
            {
                continue;
            }

            try
            {
                Resume(log, table, baselines);
            }
            catch (IOException)
            {
                // The lane meets the same fault, tells it and tries again; here it costs a baseline.
            }
        }
    }

    private static void Resume(SpoolLog log, Table table, CounterBaselines baselines)
    {
        Column[] counters = [.. table.Columns.Where(column => column is { Delta: not null, Type: ColumnType.Long })];
        var lines = new LineReader(table);
        var batch = new SpoolBatch();
        using SpoolReader reader = log.OpenReaderNearEnd();
        while (reader.Read(batch, BatchRows, BatchBytes))
        {
            lines.Start(batch.Lines, TimeWindow.Any);
            for (LineStatus status = lines.Read(); status != LineStatus.End; status = lines.Read())
            {
                if (status == LineStatus.Row && Series(lines) is { } series)
                {
                    foreach (Column counter in counters.Where(lines.Has))
                    {
                        baselines.Resume(table.Name, counter.Name, series, lines.Long(counter));
                        if (lines.Has(counter.Delta!))
                        {
                            baselines.Resume(table.Name, counter.Delta!.Name, series, lines.Long(counter.Delta!));
                        }
                    }

                    baselines.Resume(table.Name, table.TimestampName, series, lines.Micros);
                }
            }
        }
    }

    /// <summary>Table and keys as <see cref="LineWriter"/> writes them; null for a row that lacks a key, and is none of its.</summary>
    private static byte[]? Series(LineReader lines)
    {
        var series = new List<byte>(LineText.EscapedName(lines.Table.Name));
        foreach (Column key in lines.Table.Keys)
        {
            if (!lines.Has(key))
            {
                return null;
            }

            series.AddRange([(byte)',', .. LineText.EscapedName(key.Name), (byte)'=']);
            series.AddRange(lines.Escaped(key));
        }

        return [.. series];
    }
}
