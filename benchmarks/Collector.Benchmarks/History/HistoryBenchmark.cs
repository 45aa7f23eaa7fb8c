using System.Diagnostics;
using Collector.Benchmarks.Support;
using Collector.IntegrationTests.Grafana;
using Npgsql;

namespace Collector.Benchmarks.History;

/// <summary>What months of the default load take on disk, and how long the dashboards take over them.</summary>
internal static class HistoryBenchmark
{
    private const int TargetDays = 90;
    private const double TargetBytes = 10e9;
    private static readonly TimeSpan Dashboard = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SingleQuery = TimeSpan.FromSeconds(2);
    private static readonly (string Name, double Days)[] Ranges = [("1 h", 1 / 24.0), ("24 h", 1), ("7 d", 7), ("30 d", 30), ("90 d", TargetDays)];

    public static async Task RunAsync(Arguments arguments)
    {
        int days = checked((int)arguments.Number("days", TargetDays));
        if (days < 2)
        {
            throw new ArgumentException("--days takes 2 or more: sizes are those of days that are over.");
        }

        var report = new Report("history", "Months of the default load", arguments);
        using QuestDbServer server = await QuestDbServer.StartAsync(arguments, arguments.Text("data"));
        report.QuestDb = server.Version;
        report.Say($"{days} days of rows as a collector writes them that watches 2 daemons, 4 exchanges, 24 pipeline series and their files, 3 strategies, a machine and 500 scraped series at their default intervals, made by the database itself (`benchmarks/Collector.Benchmarks/History/DefaultLoad.cs`) in the shipped tables.");
        var history = new HistoryDatabase(server);
        long began = Stopwatch.GetTimestamp();
        await history.FillAsync(days);
        await Console.Error.WriteLineAsync($"history: filled in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");
        await SizesAsync(history, days, report);
        report.Say($"All files of the server, with its {days} days: {server.DiskBytes / 1e9:0.0} GB. What is no rows in that is allocated beforehand for the day that each table writes, 16 MiB a column, and does not grow.");
        await TimesAsync(server, history, days, !arguments.Has("warm"), report);
        report.Write();
    }

    private static async Task SizesAsync(HistoryDatabase history, int days, Report report)
    {
        var rows = new List<string[]>();
        double all = 0;
        foreach (HistoryTable table in DefaultLoad.Tables)
        {
            (long count, long bytes, int whole) = await history.ClosedAsync(table.Name);
            if (whole == 0)
            {
                continue; // of what happens seldom there need not be a row every day
            }

            double kept = history.DaysOf(table, TargetDays);
            double size = (double)bytes / whole * kept;
            all += size;
            rows.Add([table.Name, $"{(double)count / whole:n0}", $"{(double)bytes / count:0.0}", $"{kept:0}", $"{size / 1e6:n0} MB"]);
        }

        foreach ((string view, double kept) in history.Views(TargetDays))
        {
            (long count, double bytes) = await history.ViewAsync(view);
            if (bytes == 0)
            {
                continue; // too few days to fill a partition
            }

            double size = count * bytes / days * kept;
            all += size;
            rows.Add([$"{view} (view)", $"{(double)count / days:n0}", $"{bytes:0.0}", $"{kept:0}", $"{size / 1e6:n0} MB"]);
        }

        report.Add(new Finding($"{TargetDays} days of the default load", $"{all / 1e9:0.00} GB", "", $"< {TargetBytes / 1e9:0} GB", all < TargetBytes));
        report.Say($"Size of the partitions of whole days, which no row is added to any more, brought to the days that the table keeps of {TargetDays}.");
        report.Table(["table", "rows a day", "bytes a row", "days", "size"], rows);
    }

    private static async Task TimesAsync(QuestDbServer server, HistoryDatabase history, int days, bool cold, Report report)
    {
        // QuestDB knows no types of PostgreSQL's catalog, so none are looked up.
        await using var wire = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={server.PgPort};Username=admin;Password=quest;Database=qdb;Server Compatibility Mode=NoTypeLoading;Timeout=30;Command Timeout=120");
        var times = new DashboardTimes(wire, history.End, cold);
        IReadOnlyList<DashboardFile> dashboards = DashboardFile.All();
        foreach (DashboardFile dashboard in dashboards)
        {
            await new DashboardTimes(wire, history.End, cold: false).OfAsync(dashboard, TimeSpan.FromHours(1)); // the server compiles what it runs often
        }

        var all = new List<(string Dashboard, string Range, double Days, IReadOnlyList<QueryTime> Queries)>();
        foreach ((string name, double range) in Ranges.Where(range => range.Days <= days))
        {
            foreach (DashboardFile dashboard in dashboards)
            {
                IReadOnlyList<QueryTime> queries = await times.OfAsync(dashboard, TimeSpan.FromDays(range));
                all.Add((dashboard.Name, name, range, queries));
                await Console.Error.WriteLineAsync($"history: {dashboard.Name} over {name}: {Shown(Warm(queries), Cold(queries))}");
            }
        }

        foreach (IGrouping<string, (string Dashboard, string Range, double Days, IReadOnlyList<QueryTime> Queries)> range in all.GroupBy(entry => entry.Range, StringComparer.Ordinal))
        {
            (string slowest, _, _, IReadOnlyList<QueryTime> queries) = range.MaxBy(entry => Warm(entry.Queries));
            report.Add(new Finding($"slowest dashboard over {range.Key}, its {queries.Count} queries one after the other", $"{Seconds(Warm(queries))} ({slowest})", "", $"< {Dashboard.TotalSeconds:0} s", Warm(queries) < Dashboard));
        }

        string longest = all.Last(entry => entry.Days <= 30).Range;
        QueryTime single = all.Where(entry => entry.Range == longest).SelectMany(entry => entry.Queries).MaxBy(query => query.Warm)!;
        report.Add(new Finding($"slowest query over {longest}", $"{Seconds(single.Warm)} ({single.Where})", "", $"< {SingleQuery.TotalSeconds:0} s", single.Warm < SingleQuery));

        report.Say("Every query of a dashboard, those of its variables and of closed rows too, one after the other over the PostgreSQL wire: the sum of the medians of three times with the rows in memory; in brackets the first time, with the system's page cache emptied before (left out where that is not allowed). The server had answered each dashboard before.");
        report.Table(
            ["dashboard", "queries", .. all.Select(entry => entry.Range).Distinct(StringComparer.Ordinal)],
            all.GroupBy(entry => entry.Dashboard, StringComparer.Ordinal).Select(dashboard => (string[])
                [dashboard.Key, $"{dashboard.First().Queries.Count}", .. dashboard.Select(entry => Shown(Warm(entry.Queries), Cold(entry.Queries)))]));
        report.Say("The slowest queries:");
        report.Table(
            ["query", "range", "rows", "warm (cold)"],
            all.SelectMany(entry => entry.Queries.Select(query => (entry.Range, Query: query))).OrderByDescending(entry => entry.Query.Warm).Take(15)
                .Select(entry => new[] { entry.Query.Where, entry.Range, $"{entry.Query.Rows:n0}", Shown(entry.Query.Warm, entry.Query.Cold) }));
    }

    private static TimeSpan Warm(IEnumerable<QueryTime> queries) => queries.Aggregate(TimeSpan.Zero, (sum, query) => sum + query.Warm);

    private static TimeSpan? Cold(IReadOnlyList<QueryTime> queries) =>
        queries.Any(query => query.Cold is null) ? null : queries.Aggregate(TimeSpan.Zero, (sum, query) => sum + query.Cold!.Value);

    private static string Shown(TimeSpan warm, TimeSpan? cold) => cold is { } first ? $"{Seconds(warm)} ({Seconds(first)})" : Seconds(warm);

    private static string Seconds(TimeSpan time) => time.TotalSeconds < 0.1 ? $"{time.TotalMilliseconds:0.0} ms" : $"{time.TotalSeconds:0.00} s";
}
