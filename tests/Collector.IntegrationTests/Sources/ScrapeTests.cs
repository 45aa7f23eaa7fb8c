using System.Globalization;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;
using Microsoft.AspNetCore.Http;

namespace Collector.IntegrationTests.Sources;

/// <summary>The collector and a real Prometheus read the same pages, and have to find the same samples.</summary>
public sealed class ScrapeTests
{
    private static string Text(long millis) => $$$"""
        # HELP http_requests_total The total number of HTTP requests.
        # TYPE http_requests_total counter
        http_requests_total{method="post",code="200"} 1027 {{{millis}}}
        http_requests_total{method="post",code="400"}    3 {{{millis - 20_000}}}
        # a comment
        #TYPE nonsense
        msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9
        metric_without_labels 12.47
        spaced{b = "1" , a="2",} 5
        empty_set{}6
        close_by{a="x"}7
        empty_label{a="",b="y"} 8
        braces{a="}{",b="#"} 9
        odd_escape{a="\x\t"} 10
        lines{a="two
        lines"} 11
        unicode{a="äöü😀"} 12
        weird{problem="division by zero"} +Inf
        weird{problem="nothing"} NaN
        weird{problem="below"} -inf
        numbers{n="exponent"} 1.7560473e+07
        numbers{n="point"} .5
        numbers{n="point behind"} 5.
        numbers{n="small"} 4.9406564584124654e-324
        numbers{n="large"} 1.7976931348623157e308
        numbers{n="plus"} +3
        numbers{n="digits"} 0.1234567890123456789
        numbers{n="whole"} 9007199254740993
        numbers{n="minus zero"} -0
        # TYPE rpc summary
        rpc{quantile="0.5"} 4773
        rpc{quantile="0.99"} NaN
        rpc_sum 1.7560473e+07
        rpc_count 2693
        # TYPE dur histogram
        dur_bucket{le="0.05"} 24054
        dur_bucket{le="+Inf"} 144320
        dur_sum 53423
        dur_count 144320
        a:rule{_="under"} 13
        doubled{a="1",b="2"} 14
        doubled{b="2",a="1"} 14
        no_line_end 15
        """;

    private static string OpenMetrics(long millis) => $$"""
        # TYPE foo histogram
        # HELP foo some text
        foo_bucket{le="0.1"} 8 # {} 0.054
        foo_bucket{le="1.0"} 10 # {id="abc}\"#",x="y"} 0.67 {{(millis / 1000.0).ToString("F3", CultureInfo.InvariantCulture)}}
        foo_bucket{le="+Inf"} 17 {{(millis / 1000.0).ToString("F3", CultureInfo.InvariantCulture)}}
        foo_count 17
        foo_sum 324789.3
        foo_created 1520430000.123
        # TYPE state stateset
        state{state="on"} 1
        state{state="off"} 0
        # TYPE build info
        build_info{version="1.2",path="a\\b\n\"c\""} 1
        # TYPE n counter
        n_total 1e-3
        # EOF

        """;

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_APage_IsWhatPrometheusReads(bool openMetrics)
    {
        Skip.IfNot(ShellScripts.Has("prometheus"), "prometheus is not installed");
        long millis = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        (string text, string type) = openMetrics
            ? (OpenMetrics(millis), "application/openmetrics-text; version=1.0.0; charset=utf-8")
            : (Text(millis), "text/plain; version=0.0.4");
        await using LocalServer server = await LocalServer.StartAsync(context =>
        {
            context.Response.ContentType = type;
            return context.Response.WriteAsync(text);
        });
        var page = new Uri(server.Url, "metrics");
        await using PrometheusProcess prometheus = await PrometheusProcess.StartAsync(page);
        await using var collector = new CollectorProcess(Sources(("page", page)));
        await collector.StartReadyAsync();

        List<StoredSample> expected = await prometheus.SamplesAsync(0);
        List<StoredSample> found = await RowsAsync(collector, "page");

        Assert.InRange(expected.Count, openMetrics ? 10 : 35, 100);
        Assert.Equal(Shown(expected.Where(sample => double.IsFinite(sample.Value))), Shown(found));

        // Timestamps of the page's own are kept as they are; all others are the reading's.
        string[] dated = openMetrics ? ["foo_bucket le=\"+Inf\""] : ["http_requests_total code=\"200\",method=\"post\"", "http_requests_total code=\"400\",method=\"post\""];
        foreach (string series in dated)
        {
            Assert.Equal(expected.Single(sample => $"{sample.Name} {sample.Labels}" == series).Millis, found.Single(sample => $"{sample.Name} {sample.Labels}" == series).Millis);
        }

        MetricsText metrics = await collector.MetricsAsync();
        Assert.Equal(1, metrics.Count("source_up", "source=\"prometheus/page\""));
        if (!openMetrics)
        {
            Assert.InRange(metrics.Count("source_samples_left_out_total", "reason=\"nan\"", "source=\"prometheus/page\""), 2, long.MaxValue);
            Assert.InRange(metrics.Count("source_samples_left_out_total", "reason=\"duplicate\"", "source=\"prometheus/page\""), 1, long.MaxValue);
        }
    }

    [SkippableFact]
    public async Task Read_NodeExporterAndPrometheusItself_AreReadWhole()
    {
        Skip.IfNot(ShellScripts.Has("prometheus") && ShellScripts.Has("prometheus-node-exporter"), "prometheus and prometheus-node-exporter are not both installed");
        int port = FreePort.Next();
        var node = new Uri($"http://127.0.0.1:{port}/metrics");
        await using var exporter = ChildProcess.Start("prometheus-node-exporter", [$"--web.listen-address=127.0.0.1:{port}"]);
        await exporter.WaitForHttpAsync(node, CollectorProcess.Soon);
        await using PrometheusProcess prometheus = await PrometheusProcess.StartAsync(node);
        await using var collector = new CollectorProcess(Sources(("node", node), ("prometheus", prometheus.Metrics)) + """

                  tables:
                    - table: daemon_metrics
                      keys: {daemon: prometheus}
                      values: {state: running, running: "true"}
                      columns:
                        - {column: memory_bytes, metric: process_resident_memory_bytes}
                        - {column: open_files, metric: process_open_fds}
                        - {column: last_fetch_at, metric: prometheus_config_last_reload_success_timestamp_seconds}
            """);
        await collector.StartReadyAsync();

        List<StoredSample> theirs = await prometheus.SamplesAsync(0);
        List<StoredSample> ours = await RowsAsync(collector, "node");
        List<StoredSample> its = await RowsAsync(collector, "prometheus");

        // Values move between two readings; which series there are does not, but for those of devices that come and go.
        string[] finite = [.. theirs.Where(sample => double.IsFinite(sample.Value)).Select(sample => $"{sample.Name}{{{sample.Labels}}}").Order(StringComparer.Ordinal)];
        Assert.InRange(finite.Length, 200, 100_000);
        Assert.InRange(finite.Except(ours.Select(sample => $"{sample.Name}{{{sample.Labels}}}"), StringComparer.Ordinal).Count(), 0, finite.Length / 100);
        Assert.Equal(theirs.Single(sample => sample.Name == "node_boot_time_seconds").Value, ours.First(sample => sample.Name == "node_boot_time_seconds").Value);
        Assert.Contains(its, sample => sample is { Name: "prometheus_build_info", Value: 1 });

        List<object?[]> mapped = await collector.Sqlite.QueryUntilAsync(
            "SELECT host, env, state, running, memory_bytes, open_files, last_fetch_at FROM daemon_metrics WHERE daemon = 'prometheus'", rows => rows.Count > 0);
        Assert.Equal<object?>(["here", "demo", "running", 1L], mapped[0][..4]);
        Assert.InRange((long)mapped[0][4]!, 1 << 20, 1L << 40);
        Assert.InRange((long)mapped[0][5]!, 1, 10_000);
        Assert.InRange(DateTimeOffset.UnixEpoch.AddMicroseconds((long)mapped[0][6]!), TimeProvider.System.GetUtcNow().AddMinutes(-10), TimeProvider.System.GetUtcNow());

        MetricsText page = await collector.MetricsAsync();
        Assert.Equal(1, page.Count("source_up", "source=\"prometheus/node\""));
        Assert.Equal(1, page.Count("source_up", "source=\"prometheus/prometheus\""));
        Assert.DoesNotContain("node_boot_time_seconds", page.Text, StringComparison.Ordinal); // whoever wants it scrapes its source
    }

    private static string Sources(params (string Name, Uri Url)[] pages) => "sources:\n  prometheus:\n" + string.Join('\n', pages.Select(page =>
        $"    - name: {page.Name}\n      url: {page.Url}\n      interval: 1s\n      timeout: 20s"));

    /// <summary>The rows of one reading: each series' latest.</summary>
    private static async Task<List<StoredSample>> RowsAsync(CollectorProcess collector, string job)
    {
        List<object?[]> rows = await collector.Sqlite.QueryUntilAsync($"SELECT name, labels, value, timestamp FROM scraped_metrics WHERE job = '{job}' ORDER BY timestamp", rows => rows.Count > 0);
        return [.. rows.Select(row => new StoredSample((string)row[0]!, (string)row[1]!, (double)row[2]!, (long)row[3]! / 1000)).GroupBy(sample => (sample.Name, sample.Labels)).Select(series => series.Last())];
    }

    /// <summary>Without the sign of zero: SQLite keeps none (a whole number in a REAL column is stored as an integer).</summary>
    private static IEnumerable<string> Shown(IEnumerable<StoredSample> samples) =>
        samples.Select(sample => $"{sample.Name}{{{sample.Labels}}} {(sample.Value + 0.0).ToString("R", CultureInfo.InvariantCulture)}").Order(StringComparer.Ordinal);
}
