using System.Globalization;
using System.Text.Json;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Sources;

/// <summary>A sample as somebody stored it.</summary>
/// <param name="Labels">Without the name, job and instance; sorted, as on a page.</param>
internal sealed record StoredSample(string Name, string Labels, double Value, long Millis);

/// <summary>A real Prometheus.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private PrometheusProcess(TemporaryFolder folder, ChildProcess process, HttpClient http) => (_folder, _process, _http) = (folder, process, http);

    /// <summary>Its own page of metrics.</summary>
    public Uri Metrics => new(_http.BaseAddress!, "metrics");

    /// <summary>One that scrapes pages every second, each under a job <c>page0</c>, <c>page1</c>, ...</summary>
    /// <param name="targets">Pages, by host and port and path.</param>
    public static Task<PrometheusProcess> StartAsync(params Uri[] targets) =>
        StartAsync("global: {scrape_interval: 1s}\nscrape_configs:\n" + string.Concat(targets.Select((target, i) =>
            $"  - job_name: page{i}\n    metrics_path: {target.AbsolutePath}\n    static_configs: [{{targets: ['{target.Authority}']}}]\n")));

    /// <param name="config">The text of its configuration.</param>
    /// <param name="files">Files beside that, by their names.</param>
    public static async Task<PrometheusProcess> StartAsync(string config, params (string Name, string Text)[] files)
    {
        var folder = new TemporaryFolder();
        int port = FreePort.Next();
        foreach ((string name, string text) in files.Append(("prometheus.yml", config)))
        {
            await File.WriteAllTextAsync(folder.Combine(name), text);
        }

        var process = ChildProcess.Start(
            "prometheus",
            [$"--config.file={folder.Combine("prometheus.yml")}", $"--storage.tsdb.path={folder.Combine("data")}", $"--web.listen-address=127.0.0.1:{port}"]);
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await process.WaitForHttpAsync(new Uri(http.BaseAddress, "-/ready"), CollectorProcess.Soon);
        return new PrometheusProcess(folder, process, http);
    }

    /// <summary>All samples of a page, by its place among the targets, once it was scraped well; Prometheus' own words about the scrape left out.</summary>
    public async Task<List<StoredSample>> SamplesAsync(int target)
    {
        await UntilAsync($"up{{job=\"page{target}\"}} == 1");
        var samples = new List<StoredSample>();
        foreach (JsonElement series in (await QueryAsync($"{{job=\"page{target}\"}}[1h]")).EnumerateArray())
        {
            var labels = series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!, StringComparer.Ordinal);
            string name = labels["__name__"];
            if (name is "up" || name.StartsWith("scrape_", StringComparison.Ordinal))
            {
                continue;
            }

            JsonElement last = series.GetProperty("values").EnumerateArray().Last();
            samples.Add(new StoredSample(name, Canonical(labels), Number(last[1].GetString()!), (long)Math.Round(last[0].GetDouble() * 1000)));
        }

        return samples;
    }

    /// <summary>Waits until a query has a result.</summary>
    public async Task UntilAsync(string query)
    {
        long began = TimeProvider.System.GetTimestamp();
        while ((await QueryAsync(query)).GetArrayLength() == 0)
        {
            if (TimeProvider.System.GetElapsedTime(began) > CollectorProcess.Soon)
            {
                throw new TimeoutException($"Prometheus has nothing for {query}:\n{await _http.GetStringAsync(new Uri("api/v1/targets", UriKind.Relative))}\n{_process.Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    private static string Canonical(Dictionary<string, string> labels) => string.Join(',', labels
        .Where(label => label.Key is not ("__name__" or "job" or "instance"))
        .OrderBy(label => label.Key, StringComparer.Ordinal)
        .Select(label => $"{label.Key}=\"{label.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\""));

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private async Task<JsonElement> QueryAsync(string query)
    {
        string answer = await _http.GetStringAsync(new Uri($"api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative));
        return JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("data").GetProperty("result");
    }
}
