using System.Diagnostics;
using System.Text.Json;
using Collector.Benchmarks.Support;
using Collector.Lines.Tables;

namespace Collector.Benchmarks.History;

/// <summary>The shipped tables in a QuestDB, filled with days of the default load.</summary>
internal sealed class HistoryDatabase(QuestDbServer server)
{
    /// <summary>So many transactions may wait to be applied, lest the disk fills with them.</summary>
    private const int MostBehind = 3;

    private readonly TableCatalog _schemas = Load();

    /// <summary>Rows are older than this moment.</summary>
    public DateTimeOffset End { get; private set; }

    /// <summary>Writes so many days of rows up to now; takes those that are there already for them.</summary>
    public async Task FillAsync(int days)
    {
        if (await NewestAsync() is { } newest)
        {
            End = newest;
        }
        else
        {
            DateTimeOffset now = DateTimeOffset.UtcNow;
            End = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
            foreach (Table table in _schemas)
            {
                await server.ExecAsync(table.CreateStatement());
            }

            foreach (HistoryTable table in DefaultLoad.Tables)
            {
                await FillAsync(table, days);
            }

            await UntilAppliedAsync(0);
        }

        await RefreshViewsAsync();
    }

    /// <summary>The views of the tables, and how many days each is kept of so many.</summary>
    public IEnumerable<(string Name, double Days)> Views(int days) =>
        _schemas.SelectMany(table => table.Views).Select(view => (view.Name, Math.Min(days, view.Ttl?.Shortest.TotalDays ?? days)));

    /// <summary>Rows of a view, and the bytes of its closed partitions for each of theirs.</summary>
    public async Task<(long Rows, double BytesPerRow)> ViewAsync(string view)
    {
        JsonElement all = (await server.ExecAsync($"SELECT sum(numRows), sum(CASE WHEN active THEN 0 ELSE numRows END), sum(CASE WHEN active THEN 0 ELSE diskSize END) FROM table_partitions('{view}')"))[0];
        long closed = all[1].GetInt64();
        return (all[0].GetInt64(), closed == 0 ? 0 : all[2].GetDouble() / closed);
    }

    /// <summary>The days of rows that the table keeps of so many.</summary>
    public double DaysOf(HistoryTable table, int days) => _schemas[table.Name].Ttl is { } ttl ? Math.Min(days, ttl.Shortest.TotalDays) : days;

    /// <summary>Whole days of the table: their rows, and what they take on disk.</summary>
    public async Task<(long Rows, long Bytes, int Days)> ClosedAsync(string table)
    {
        // The first day began in its middle, the last one still goes on.
        JsonElement partitions = await server.ExecAsync($"SELECT numRows, diskSize FROM table_partitions('{table}') WHERE NOT active ORDER BY index");
        JsonElement[] whole = [.. partitions.EnumerateArray().Skip(1)];
        return (whole.Sum(day => day[0].GetInt64()), whole.Sum(day => day[1].GetInt64()), whole.Length);
    }

    private static TableCatalog Load()
    {
        var faults = new List<SchemaFault>();
        var schemas = TableCatalog.Load(Repository.File("schemas"), faults);
        return faults.Count == 0 ? schemas : throw new InvalidOperationException(string.Join('\n', faults));
    }

    /// <summary>Makes them where they are missing, and waits until each has all of its table.</summary>
    private async Task RefreshViewsAsync()
    {
        foreach (View view in _schemas.SelectMany(table => table.Views))
        {
            long began = Stopwatch.GetTimestamp();
            await server.ExecAsync(view.Statement);
            await server.ExecAsync($"REFRESH MATERIALIZED VIEW {view.Name} FULL");
            string behind = $"SELECT view_name FROM materialized_views() WHERE view_name = '{view.Name}' AND (view_status != 'valid' OR refresh_base_table_txn IS NULL OR refresh_base_table_txn != base_table_txn)";
            while ((await server.ExecAsync(behind)).GetArrayLength() > 0 && Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(10))
            {
                await Task.Delay(100);
            }

            await UntilAppliedAsync(0);
            await Console.Error.WriteLineAsync($"history: {view.Name}: made in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
        }
    }

    private async Task FillAsync(HistoryTable table, int days)
    {
        long began = Stopwatch.GetTimestamp();
        DateTimeOffset from = End.AddDays(-DaysOf(table, days));
        for (DateTimeOffset at = from; at < End; at = Later(at))
        {
            await server.ExecAsync(table.Insert(_schemas[table.Name], at, Later(at)));
            await UntilAppliedAsync(MostBehind);
        }

        await Console.Error.WriteLineAsync($"history: {table.Name}: {(End - from).TotalDays:0} days in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");

        // To the next midnight, so that each partition is written in one go.
        DateTimeOffset Later(DateTimeOffset at)
        {
            DateTimeOffset midnight = new DateTimeOffset(at.Date, TimeSpan.Zero).AddDays(1);
            return midnight < End ? midnight : End;
        }
    }

    private async Task<DateTimeOffset?> NewestAsync()
    {
        JsonElement tables = await server.ExecAsync("SELECT count() FROM tables() WHERE table_name = 'collector_status'");
        if (tables[0][0].GetInt64() == 0)
        {
            return null;
        }

        return (await server.ExecAsync("SELECT dateadd('m', 1, timestamp_floor('m', max(timestamp))) FROM trading_metrics"))[0][0].GetDateTimeOffset();
    }

    private async Task UntilAppliedAsync(int most)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            JsonElement tables = await server.ExecAsync("SELECT name, suspended, sequencerTxn - writerTxn FROM wal_tables()");
            JsonElement[] rows = [.. tables.EnumerateArray()];
            if (rows.FirstOrDefault(row => row[1].GetBoolean()) is { ValueKind: JsonValueKind.Array } suspended)
            {
                throw new InvalidOperationException($"{suspended[0]} is suspended; the server's log says why.");
            }

            if (rows.All(row => row[2].GetInt64() <= most))
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(10))
            {
                throw new InvalidOperationException("QuestDB has not applied what was written to it within 10 minutes.");
            }

            await Task.Delay(20);
        }
    }
}
