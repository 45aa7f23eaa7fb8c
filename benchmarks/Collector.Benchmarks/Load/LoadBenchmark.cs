using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.Load;

/// <summary>The whole collector under a steady load, at several rates, and over an outage of the database.</summary>
internal sealed class LoadBenchmark(QuestDbServer server, LoadedCollector collector, VisibilityWatch watch, Report report, Arguments arguments)
{
    private const long Rate = 10_000;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(Arguments arguments)
    {
        var report = new Report("load", "The collector under load", arguments);
        using QuestDbServer server = await QuestDbServer.StartAsync(arguments);
        using LoadedCollector collector = await LoadedCollector.StartAsync(server.Url);
        await using var watch = new VisibilityWatch(server);
        report.QuestDb = server.Version;
        report.Say("The collector as `collector run` puts it together, with its defaults, in a process of its own; QuestDB on the same cores. A generator within it writes rows of `TradeRows` with the time of their writing, a record every 10 ms, one column of the table showing at /metrics. Processor time and memory are the whole process's. A row counts as visible with the first of the queries, one every 20 ms, that finds it.");
        var benchmark = new LoadBenchmark(server, collector, watch, report, arguments);
        await benchmark.SteadyAsync();
        await benchmark.RatesAsync();
        await new OutageBenchmark(server, collector, watch, report, arguments).RunAsync(Rate);
        await benchmark.BooksAsync();
        report.Write();
    }

    private async Task SteadyAsync()
    {
        var length = TimeSpan.FromSeconds(arguments.Number("seconds", 60));
        collector.SetRate(Rate);
        await Task.Delay(WarmUp);
        LoadStatus first = collector.Now;
        long from = VisibilityWatch.NowMicros;
        await Task.Delay(length);
        LoadStatus last = collector.Now;
        double[] visible = watch.Percentiles(from, 0.5, 0.99, 1);
        collector.SetRate(0);
        double resident = collector.Since(first).Max(status => status.Resident) / 1024.0 / 1024;
        double cores = last.CoresSince(first);
        long rows = last.Delivered - first.Delivered;
        report.Add(new Finding($"processor time at {Rate:n0} rows/s for {length.TotalSeconds:n0} s", $"{cores:p1} of one core", "", "< 10 %", cores < 0.1, "OTel Collector: ≤ 29 % at 10,000 points/s"));
        report.Add(new Finding("resident memory meanwhile, at the most", $"{resident:n0} MB", "", "< 150 MB", resident < 150, "OTel Collector: ≤ 65 MiB; Telegraf 58–141 MB"));
        report.Add(new Finding("write to visible, p50", $"{visible[0]:n0} ms", "", "≤ 250 ms", visible[0] <= 250));
        report.Add(new Finding("write to visible, p99", $"{visible[1]:n0} ms (worst {visible[2]:n0} ms)", "", "≤ 1,000 ms", visible[1] <= 1000));
        report.Say($"Steady: {rows:n0} rows delivered, {(double)(last.Allocated - first.Allocated) / rows:n0} B allocated a row.");
    }

    private async Task RatesAsync()
    {
        var length = TimeSpan.FromSeconds(arguments.Number("step-seconds", 20));
        await collector.UntilEmptyAsync();
        LoadStatus begin = collector.Now;
        await Task.Delay(2 * length);
        double idle = collector.Now.CoresSince(begin);
        var rows = new List<string[]> { new[] { "0", "", $"{idle:p2}", "", "", "" } };
        var costs = new List<(long Rate, double Whole, double Beyond)>();
        foreach (long rate in new long[] { 10, 100, 1_000, 10_000, 100_000, 500_000 })
        {
            LoadStatus first = collector.Now;
            collector.SetRate(rate);
            await Task.Delay(length);
            collector.SetRate(0);
            double offered = (collector.Now.Offered - first.Offered) / collector.Now.SecondsSince(first);
            await collector.UntilEmptyAsync(); // the cost of a row is that of all its way
            LoadStatus last = collector.Now;
            long written = last.Offered - first.Offered;
            double nanoseconds = (last.Cpu - first.Cpu) * 1000.0 / written;
            double beyond = nanoseconds - (idle * last.SecondsSince(first) * 1e9 / written);
            costs.Add((rate, nanoseconds, beyond));
            rows.Add([$"{rate:n0}", $"{offered:n0}", $"{last.CoresSince(first):p2}", $"{nanoseconds:n0} ns", $"{beyond:n0} ns", $"{(double)(last.Allocated - first.Allocated) / written:n0} B"]);
        }

        AddSpread("cost of a row, 10 to 500,000 rows/s offered, all that the process takes", costs.Select(cost => cost.Whole));
        AddSpread($"cost of a row beyond an idle collector's, {Rate:n0} to 500,000 rows/s", costs.Where(cost => cost.Rate >= Rate).Select(cost => cost.Beyond));
        report.Say("At rates. Below some 5,000 rows/s a request goes out every 200 ms (`linger`) however few rows it has: five a second, whose cost, as all that an idle collector does, is divided by the rows. To be visible within 250 ms, ten rows a second cannot go in fewer. Idle is the collector's own reading of this machine, its watch over QuestDB, the generator's 100 looks at the clock a second, and this benchmark's ten reports a second.");
        report.Table(["rows/s asked for", "rows/s offered", "of one core", "processor time a row", "beyond idle", "allocated a row"], rows);
    }

    private void AddSpread(string measure, IEnumerable<double> nanoseconds)
    {
        (double least, double most) = (nanoseconds.Min(), nanoseconds.Max());
        report.Add(new Finding(measure, $"{least:n0} to {most:n0} ns", "", "within 2 ×", most <= 2 * least));
    }

    private async Task BooksAsync()
    {
        collector.SetRate(0);
        await collector.UntilEmptyAsync();
        LoadStatus end = collector.Now;
        await server.UntilCountAsync("trades", end.Offered - end.Refused);
        report.Add(new Finding("rows lost, over all of it", $"{end.Refused} refused, remainder {end.Remainder}, all {end.Offered - end.Refused:n0} others in QuestDB once", "", "0", end is { Refused: 0, Remainder: 0 }, "Telegraf: 10,000 of 20,000 acknowledged rows lost by SIGKILL"));
    }
}
