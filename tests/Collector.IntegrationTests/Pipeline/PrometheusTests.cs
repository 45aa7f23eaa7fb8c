using System.Globalization;
using System.Text.Json;
using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>A real Prometheus scrapes a real collector.</summary>
public sealed class PrometheusTests
{
    [SkippableFact]
    public async Task Scrape_ByPrometheus_IsUpWithoutAWarning()
    {
        Skip.IfNot(ShellScripts.Has("prometheus"), "prometheus is not installed");
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using var collector = new CollectorProcess(CollectorProcess.Daemon(daemon.Page), "  host:\n    - interval: 500ms");
        await collector.StartReadyAsync();
        using var folder = new TemporaryFolder();
        int port = FreePort.Next();
        await File.WriteAllTextAsync(
            folder.Combine("prometheus.yml"),
            $"""
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: collector
                static_configs:
                  - targets: ["127.0.0.1:{collector.Port}"]
            """);
        await using var prometheus = ChildProcess.Start(
            "prometheus",
            [
                $"--config.file={folder.Combine("prometheus.yml")}", $"--storage.tsdb.path={folder.Combine("data")}",
                $"--web.listen-address=127.0.0.1:{port}", "--log.level=debug",
            ]);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await prometheus.WaitForHttpAsync(new Uri(http.BaseAddress, "-/ready"), CollectorProcess.Soon);

        // Two scrapes: a page that is sound once may still clash with the one before.
        Assert.Equal(1, await QueryUntilAsync(http, "up and count_over_time(up[1m]) >= 2"));
        Assert.Equal(1, await QueryUntilAsync(http, "source_up{source=\"daemon/oi-fetcher\"}"));
        Assert.NotEqual(0, await QueryUntilAsync(http, "daemon_fetches_total{daemon=\"oi-fetcher\",env=\"demo\"}"));
        Assert.NotEqual(0, await QueryUntilAsync(http, "host_memory_total_bytes{env=\"demo\"}"));

        JsonElement targets = (await GetAsync(http, "api/v1/targets")).GetProperty("data").GetProperty("activeTargets");
        JsonElement target = Assert.Single(targets.EnumerateArray());
        Assert.Equal("up", target.GetProperty("health").GetString());
        Assert.Equal("", target.GetProperty("lastError").GetString());
        Assert.DoesNotContain(
            prometheus.Output.Split('\n'),
            line => line.Contains("scrape_pool", StringComparison.Ordinal)
                && (line.Contains("level=warn", StringComparison.OrdinalIgnoreCase) || line.Contains("level=error", StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Repeats a query until it finds something, and returns the first value.</summary>
    private static async Task<double> QueryUntilAsync(HttpClient http, string query)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < CollectorProcess.Soon)
        {
            JsonElement result = (await GetAsync(http, $"api/v1/query?query={Uri.EscapeDataString(query)}")).GetProperty("data").GetProperty("result");
            if (result.GetArrayLength() > 0)
            {
                return double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        throw new TimeoutException($"Prometheus found nothing for '{query}' within {CollectorProcess.Soon.TotalSeconds} s.");
    }

    private static async Task<JsonElement> GetAsync(HttpClient http, string target) =>
        JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync(new Uri(target, UriKind.Relative)));
}
