using System.Globalization;
using System.Text.Json;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Sources;

/// <summary>A sample as somebody stored it.</summary>
/// <param name="Labels">Without the name, job and instance; sorted, as on a page.</param>
internal sealed record StoredSample(string Name, string Labels, double Value, long Millis);

/// <summary>A real Prometheus that scrapes pages under the job <c>page</c>.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private PrometheusProcess(TemporaryFolder folder, ChildProcess process, HttpClient http) => (_folder, _process, _http) = (folder, process, http);

    /// <summary>Its own page of metrics.</summary>
    public Uri Metrics => new(_http.BaseAddress!, "metrics");

    /// <param name="targets">Pages, by host and port and path.</param>
    public static async Task<PrometheusProcess> StartAsync(params Uri[] targets)
    {
        var folder = new TemporaryFolder();
        int port = FreePort.Next();
        string config = "global: {scrape_interval: 1s}\nscrape_configs:\n" + string.Concat(targets.Select((target, i) =>
            $"  - job_name: page{i}\n    metrics_path: {target.AbsolutePath}\n    static_configs: [{{targets: ['{target.Authority}']}}]\n"));
        await File.WriteAllTextAsync(folder.Combine("prometheus.yml"), config);
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
        long began = TimeProvider.System.GetTimestamp();
        while ((await QueryAsync($"up{{job=\"page{target}\"}} == 1")).GetArrayLength() == 0)
        {
            if (TimeProvider.System.GetElapsedTime(began) > CollectorProcess.Soon)
                throw new TimeoutException($"Prometheus did not scrape its target:\n{await _http.GetStringAsync(new Uri("api/v1/targets", UriKind.Relative))}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        var samples = new List<StoredSample>();
        foreach (JsonElement series in (await QueryAsync($"{{job=\"page{target}\"}}[1h]")).EnumerateArray())
        {
            var labels = series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!, StringComparer.Ordinal);
            string name = labels["__name__"];
            if (name is "up" || name.StartsWith("scrape_", StringComparison.Ordinal))
                continue;
            JsonElement last = series.GetProperty("values").EnumerateArray().Last();
            samples.Add(new StoredSample(name, Canonical(labels), Number(last[1].GetString()!), (long)Math.Round(last[0].GetDouble() * 1000)));
        }

        return samples;
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
