using System.Net;
using System.Text;
using System.Text.Json;
using Collector.App;
using Collector.Capabilities.Status.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Serilog.Core;

namespace Collector.Tests.Capabilities.Status;

/// <summary>A whole collector on a SQLite file, asked over HTTP as a browser asks.</summary>
public sealed class ApiEndpointsTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromMinutes(1) };
    private readonly Logger _logger = new Serilog.LoggerConfiguration().CreateLogger();
    private WebApplication? _app;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _logger.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Status_OfARunningCollector_HoldsEverything()
    {
        await StartAsync();
        JsonElement status = await UntilAsync("/api/status", json => json.GetProperty("ready").GetBoolean() && json.GetProperty("tables").EnumerateArray().Any(table => table.GetProperty("delivered").GetInt64() > 0));

        Assert.Equal("collector", status.GetProperty("collector").GetString());
        Assert.Equal(["sources", "spool", "store"], status.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("name").GetString()));
        Assert.Equal(["collector/status", "host/default"], status.GetProperty("sources").EnumerateArray().Select(source => source.GetProperty("name").GetString()));
        Assert.All(status.GetProperty("sources").EnumerateArray(), source => Assert.Equal("up", source.GetProperty("state").GetString()));
        Assert.All(status.GetProperty("sources").EnumerateArray(), source => Assert.True(source.GetProperty("last_reading_at").TryGetDateTimeOffset(out _)));
        Assert.All(status.GetProperty("tables").EnumerateArray(), table => Assert.Equal(0, table.GetProperty("remainder").GetInt64()));
        Assert.Equal("unknown", status.GetProperty("spool").GetProperty("trend").GetString());
        Assert.Equal(JsonValueKind.Null, status.GetProperty("spool").GetProperty("seconds_to_full").ValueKind);
        Assert.Equal(("ok", false), (status.GetProperty("database").GetProperty("state").GetString(), status.GetProperty("database").GetProperty("is_watched").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, status.GetProperty("database").GetProperty("clock_skew_seconds").ValueKind);
        Assert.Equal(0, status.GetProperty("quarantine").GetProperty("rows").GetInt64());
        Assert.Empty(status.GetProperty("attention").EnumerateArray());
    }

    [Fact]
    public async Task Latest_OfATable_HoldsTheLatestRow_AndOfAnUnknownOneIsNotFound()
    {
        await StartAsync();
        JsonElement latest = await UntilAsync("/api/tables/host_metrics/latest", json => json.GetProperty("series").GetArrayLength() == 1);

        Assert.Equal(["host", "env"], latest.GetProperty("keys").EnumerateArray().Select(key => key.GetString()));
        Assert.True(latest.GetProperty("series")[0].GetProperty("values").GetProperty("memory_used_bytes").GetInt64() > 0);
        JsonElement none = JsonDocument.Parse(await _client.GetStringAsync("/api/tables/data_gaps/latest")).RootElement;
        Assert.Equal(("data_gaps", 0), (none.GetProperty("table").GetString(), none.GetProperty("series").GetArrayLength()));
        Assert.Contains("host_metrics", await _client.GetStringAsync("/api/tables"), StringComparison.Ordinal);
        using HttpResponseMessage answer = await _client.GetAsync("/api/tables/%3Cscript%3E/latest");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain('<', await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Events_OnConnecting_BeginWithAllTablesAndTheStatus_AndGoOn()
    {
        await StartAsync();
        await UntilAsync("/api/tables/host_metrics/latest", json => json.GetProperty("series").GetArrayLength() == 1);
        using HttpResponseMessage answer = await _client.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());

        Assert.Equal("text/event-stream; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Equal(("retry: 1000", ""), (await lines.ReadLineAsync(), await lines.ReadLineAsync()));
        (string name, JsonElement tables) = await EventAsync(lines);
        Assert.Equal("tables", name);
        Assert.Contains(tables.EnumerateArray(), table => table.GetProperty("table").GetString() == "host_metrics");
        (name, JsonElement first) = await EventAsync(lines);
        Assert.Equal("status", name);
        var names = new List<string>();
        JsonElement later = first;
        while (!names.Contains("rows") || names.Count(seen => seen == "status") < 2)
        {
            (name, JsonElement data) = await EventAsync(lines);
            names.Add(name);
            later = name == "status" ? data : later;
        }

        Assert.True(later.GetProperty("now").GetDateTimeOffset() > first.GetProperty("now").GetDateTimeOffset());
    }

    [Fact]
    public async Task Events_WhenTheCollectorStops_EndWithAGoodbyeAndDoNotHoldItUp()
    {
        await StartAsync();
        using HttpResponseMessage answer = await _client.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Task stopping = _app!.StopAsync();

        string? line, last = null;
        while ((line = await lines.ReadLineAsync()) is not null)
        {
            last = line.StartsWith("event: ", StringComparison.Ordinal) ? line : last;
        }

        Assert.Equal("event: stopping", last);
        await stopping;
    }

    [Fact]
    public async Task Events_MorePagesThanMayBe_AreTurnedAwayAndCounted_UntilOneCloses()
    {
        await StartAsync("page: {clients: 1, interval: 100ms}");
        HttpResponseMessage first = await _client.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead);
        using (HttpResponseMessage second = await _client.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(10), second.Headers.RetryAfter!.Delta);
        }

        string metrics = await _client.GetStringAsync("/metrics");
        Assert.Contains("collector_page_clients 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("collector_page_clients_dropped_total{reason=\"limit\"} 1\n", metrics, StringComparison.Ordinal);
        first.Dispose();
        LiveFeed feed = _app!.Services.GetRequiredService<LiveFeed>();
        LiveClient? third = null;
        await Eventually.HoldsAsync(() => (third = feed.TryJoin()) is not null);
        feed.Leave(third!);
    }

    [Fact]
    public async Task Events_PageThatDoesNotTakeThem_IsLetGoOfAndCounted()
    {
        await StartAsync("page: {interval: 100ms}");
        LiveFeed feed = _app!.Services.GetRequiredService<LiveFeed>();
        LiveClient slow = feed.TryJoin()!;
        CancellationToken dropped = slow.Dropped;

        await Eventually.HoldsAsync(() => dropped.IsCancellationRequested);

        Assert.Contains("collector_page_clients_dropped_total{reason=\"slow\"} 1\n", await _client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        feed.Leave(slow);
    }

    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/page/live.js", "text/javascript; charset=utf-8")]
    [InlineData("/page/page.css", "text/css; charset=utf-8")]
    [InlineData("/page/icon.svg", "image/svg+xml")]
    [InlineData("/api/status", "application/json; charset=utf-8")]
    public async Task Get_AnyOfThePage_IsOfItsTypeAndMayLoadNothingFromElsewhere(string path, string type)
    {
        await StartAsync();
        using HttpResponseMessage answer = await _client.GetAsync(path);

        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        using HttpResponseMessage head = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));
        Assert.Equal((HttpStatusCode.OK, 0), (head.StatusCode, (await head.Content.ReadAsByteArrayAsync()).Length));
    }

    [Fact]
    public async Task Get_FileThatTheBrowserHas_IsNotSentAgain()
    {
        await StartAsync();
        using HttpResponseMessage first = await _client.GetAsync("/page/live.js");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/page/live.js");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using HttpResponseMessage second = await _client.SendAsync(again);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("/page/../collector.yaml")]
    [InlineData("/page/..%2f..%2fcollector.yaml")]
    [InlineData("/page/nothing.js")]
    public async Task Get_OtherFile_IsNotFound(string path)
    {
        await StartAsync();
        using HttpResponseMessage answer = await _client.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("evil.example", null, null, HttpStatusCode.Forbidden)]
    [InlineData("localhost", null, null, HttpStatusCode.OK)]
    [InlineData("127.0.0.1", "same-origin", "cors", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", "cross-site", "cors", HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1", "cross-site", "navigate", HttpStatusCode.OK)]
    public async Task Get_OnBehalfOfAnotherSite_IsForbidden(string host, string? site, string? mode, HttpStatusCode expected)
    {
        await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/status");
        request.Headers.Host = host;
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
            request.Headers.Add("Sec-Fetch-Mode", mode);
        }

        using HttpResponseMessage answer = await _client.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/page/live.js")]
    [InlineData("/api/status")]
    [InlineData("/api/events")]
    public async Task Get_WithoutTheToken_AsksForItAsABrowserUnderstands(string path)
    {
        await StartAsync(token: "s3cret");
        using (HttpResponseMessage without = await _client.GetAsync(path))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
            Assert.StartsWith("Basic realm=", without.Headers.GetValues("WWW-Authenticate").First(), StringComparison.Ordinal);
        }

        _client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("anyone:s3cret")));
        using HttpResponseMessage with = await _client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    private async Task StartAsync(string sections = "page: {interval: 100ms}", string? token = null)
    {
        string file = _folder.File("collector.yaml");
        await File.WriteAllTextAsync(
            file,
            $"""
            data_dir: data
            schemas_dir: {Path.Combine(Repository.Folder, "schemas")}
            status_interval: 1s
            http:
              listen: 127.0.0.1:0{(token is null ? "" : $"\n  token: {token}")}
            gateway: {"{enabled: false}"}
            sources:
              host:
                - interval: 100ms
                  timeout: 30s
            {sections}
            """);
        var config = CollectorConfig.Load(file, new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Empty(config.Faults);
        _app = CollectorHost.Build(config, _logger);
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Urls.First());
    }

    private static async Task<(string Name, JsonElement Data)> EventAsync(StreamReader lines)
    {
        string? name = await lines.ReadLineAsync(), data = await lines.ReadLineAsync();
        Assert.Equal("", await lines.ReadLineAsync());
        Assert.StartsWith("event: ", name, StringComparison.Ordinal);
        Assert.StartsWith("data: ", data, StringComparison.Ordinal);
        return (name!["event: ".Length..], JsonDocument.Parse(data!["data: ".Length..]).RootElement);
    }

    private async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> isEnough)
    {
        JsonElement json = default;
        await Eventually.HoldsAsync(() =>
        {
            json = JsonDocument.Parse(_client.GetStringAsync(path).GetAwaiter().GetResult()).RootElement;
            return isEnough(json);
        });
        return json;
    }
}
