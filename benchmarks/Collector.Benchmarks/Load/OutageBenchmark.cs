using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.Load;

/// <summary>The database is away for a while, and comes back.</summary>
internal sealed class OutageBenchmark(QuestDbServer server, LoadedCollector collector, VisibilityWatch watch, Report report, Arguments arguments)
{
    private const double TimesTheRate = 20;
    private const double Growth = 0.2;
    private const double FreshMilliseconds = 2000;

    public async Task RunAsync(long rate)
    {
        var away = TimeSpan.FromSeconds(arguments.Number("outage-seconds", 60));
        collector.SetRate(rate);
        await Task.Delay(TimeSpan.FromSeconds(5));
        server.Stop();
        LoadStatus stopped = collector.Now;
        await Task.Delay(away);
        LoadStatus[] outage = [.. collector.Since(stopped)];
        await server.StartAgainAsync();
        LoadStatus back = collector.Now;
        long backMicros = VisibilityWatch.NowMicros;
        await collector.UntilAsync(() => collector.Now.Delivered > back.Delivered, "nothing is delivered after the outage");
        await collector.UntilAsync(() => collector.Now.Pending < rate, "the backlog does not go");
        long drainedMicros = VisibilityWatch.NowMicros;
        await Task.Delay(TimeSpan.FromSeconds(2));

        LoadStatus[] after = [.. collector.Since(back)];
        LoadStatus begin = after.Last(status => status.Delivered == back.Delivered);
        LoadStatus end = after.First(status => status.Delivered > back.Delivered && status.Pending < rate);
        double drain = (end.Delivered - begin.Delivered) / end.SecondsSince(begin);
        double fresh = watch.WorstAge(backMicros, drainedMicros);
        double start = outage[0].Resident;
        double growth = (outage.Max(status => status.Resident) - start) / start;
        report.Add(new Finding($"memory over an outage of {away.TotalSeconds:n0} s at {rate:n0} rows/s", $"{start / 1024 / 1024:n0} MB, {growth:+0 %;-0 %;0 %} at the most", "", "within 20 %", growth <= Growth, "Telegraf: 1 M buffered metrics = 2.3 GB"));
        report.Add(new Finding("backlog drained at", $"{drain:n0} rows/s ({drain / rate:n0} × the rate of arrival)", "", $"≥ {TimesTheRate} ×", drain >= TimesTheRate * rate));
        report.Add(new Finding("age of the newest visible row meanwhile, at the most", $"{fresh:n0} ms", "", $"≤ {FreshMilliseconds:n0} ms", fresh <= FreshMilliseconds));
        report.Say($"Outage: {begin.Pending:n0} rows were pending as the first was delivered, {begin.SecondsSince(back):n1} s after QuestDB answered again (the pause between two tries is up to `retry_max_delay`, 10 s); gone {end.SecondsSince(begin):n1} s later. Memory at the most while it drained: {after.Max(status => status.Resident) / 1024.0 / 1024:n0} MB.");
    }
}
