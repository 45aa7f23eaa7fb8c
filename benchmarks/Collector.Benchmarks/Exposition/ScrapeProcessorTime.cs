using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.Exposition;

/// <summary>The loops of <see cref="ScrapeBenchmarks"/> by processor time: the least of seven runs.</summary>
internal static class ScrapeProcessorTime
{
    private const double Nanoseconds = 150;
    private const double Kilobytes = 20;

    public static void Run(Arguments arguments)
    {
        var report = new Report("scrape", "A scrape of 20,000 series", arguments);
        var rows = new List<string[]>();
        foreach (string values in new[] { "plain", "full" })
        {
            var benchmark = new ScrapeBenchmarks { Values = values };
            benchmark.Setup();
            var ours = Cost.Least(() => benchmark.Page(), 20);
            var naive = Cost.Least(() => benchmark.Naive(), 5);
            var observe = Cost.Least(benchmark.Observe, 20);
            rows.Add([values, $"{ours.NanosecondsOf(ScrapeBenchmarks.Series):n0} ns", $"{ours.Allocated / 1024.0:n1} KB", $"{naive.NanosecondsOf(ScrapeBenchmarks.Series):n0} ns", $"{naive.Allocated / 1024.0:n0} KB", $"{observe.NanosecondsOf(ScrapeBenchmarks.Keys):n0} ns"]);
            bool isTold = values == "plain";
            double nanoseconds = ours.NanosecondsOf(ScrapeBenchmarks.Series);
            report.Add(new Finding($"processor time a series, 20,000 series, {values} values", $"{nanoseconds:n0} ns", $"plain StringBuilder {naive.NanosecondsOf(ScrapeBenchmarks.Series):n0} ns", isTold ? $"≤ {Nanoseconds} ns" : "", isTold ? nanoseconds <= Nanoseconds : null, "prometheus-net 8.2.1: 650–820 ns"));
            report.Add(new Finding($"allocated a scrape, {values} values", $"{ours.Allocated / 1024.0:n1} KB", $"plain StringBuilder {naive.Allocated / 1024.0:n0} KB", $"≤ {Kilobytes} KB", ours.Allocated <= Kilobytes * 1024, "prometheus-net 8.2.1: 17 KB"));
        }

        report.Say("5,000 key values with four exposed columns. `plain`: values of a few decimals, as prices and latencies are; `full`: doubles with all their 17 digits. The plain way is the benchmark's own (`NaivePage`). Observing is what each accepted row costs beforehand.");
        report.Table(["values", "a series", "allocated a scrape", "the plain way, a series", "the plain way, allocated", "observing, a row of four columns"], rows);
        report.Write();
    }
}
