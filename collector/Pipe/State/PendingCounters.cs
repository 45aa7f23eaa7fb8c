using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Spool;

namespace Collector.Pipe.State;

/// <summary>
/// Where the counters stood, from the rows in the spool that are newer than what was saved, delivered or not: a collector
/// that was killed before it saved would count their increases a second time. A file is not deleted before the state is
/// saved, so that all such rows are there; a log has the rows of a series in their order.
/// </summary>
public static class PendingCounters
{
    private const int BatchRows = 1_000;
    private const int BatchBytes = 1 << 20;

    /// <summary>Brings the baselines up to the rows of all logs. To be called before a source is read or a row is delivered.</summary>
    public static void Resume(SpoolDirectory spool, TableCatalog tables, CounterBaselines baselines)
    {
        foreach (CounterProgress progress in baselines.Progress.Where(progress => spool.Logs.All(log => log.Table != progress.Table)))
        {
            progress.Record = 0; // its log is gone; a new one's records begin with 1
        }

        foreach (SpoolLog log in spool.Logs)
        {
            if (tables.TryGet(log.Table, out Table? table) && PushedCounters.Concern(table))
            {
                Resume(log, table, baselines);
            }
        }
    }

    private static void Resume(SpoolLog log, Table table, CounterBaselines baselines)
    {
        CounterProgress progress = baselines.ProgressOf(table.Name);
        ulong end = log.NextId - 1;
        try
        {
            using SpoolReader reader = progress.Record == 0 && !baselines.IsProgressKnown
                ? log.OpenReaderNearEnd()
                : log.OpenReaderOfAll(progress.Record > end ? 1 : progress.Record + 1);
            Resume(reader, table, baselines);
            progress.Record = end;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The lane meets the same fault, tells it and tries again; here it costs a baseline.
        }
    }

    private static void Resume(SpoolReader reader, Table table, CounterBaselines baselines)
    {
        Counter[] counters = [.. table.Columns.Where(column => column is { Delta: not null, Type: ColumnType.Long }).Select(column =>
            new Counter(column, column.Delta!, baselines.For(table.Name, column.Name), baselines.For(table.Name, column.Delta!.Name)))];
        CounterSeries times = baselines.For(table.Name, table.TimestampName);
        var lines = new LineReader(table);
        var batch = new SpoolBatch();
        while (reader.Read(batch, BatchRows, BatchBytes))
        {
            lines.Start(batch.Lines, TimeWindow.Any);
            for (LineStatus status = lines.Read(); status != LineStatus.End; status = lines.Read())
            {
                if (status == LineStatus.Row && Series(lines) is { } series)
                {
                    Resume(lines, series, counters, times);
                }
            }
        }
    }

    /// <summary>A pushed row older than its series' last one has no increase and moved nothing (<see cref="PushedCounters"/>).</summary>
    private static void Resume(LineReader row, byte[] series, Counter[] counters, CounterSeries times)
    {
        bool isLate = row.Micros < times.Of(series).Value;
        foreach (Counter counter in counters)
        {
            long? increase = row.Has(counter.Delta) ? row.Long(counter.Delta) : null;
            if (!row.Has(counter.Column) || (isLate && increase == 0))
            {
                continue;
            }

            counter.Values.Resume(series, row.Long(counter.Column));
            if (increase is { } known)
            {
                counter.Increases.Resume(series, known);
            }
        }

        if (!isLate)
        {
            times.Resume(series, row.Micros);
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

    private sealed record Counter(Column Column, Column Delta, CounterSeries Values, CounterSeries Increases);
}
