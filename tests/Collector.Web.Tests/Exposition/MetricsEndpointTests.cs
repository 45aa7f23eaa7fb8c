using System.IO.Compression;
using System.Net;
using System.Text;
using Collector.Web.Exposition;
using Collector.Web.Exposition.Instruments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Tests.Web.Exposition;

public sealed class MetricsEndpointTests : IAsyncLifetime, IDisposable
{
    private readonly ExpositionOptions _options = new() { ResponseBytes = 100_000 };
    private readonly RecordedLog _log = new();
    private readonly ExpositionRoom _room;
    private readonly WebApplication _app;
    private readonly HttpClient _client = new(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None });

    public MetricsEndpointTests()
    {
        _room = new ExpositionRoom(_options);
        var instruments = new ExpositionInstruments(_room.Meter, _room.Page, _room.Latest, _room.Snapshot);
        var scrape = new SharedScrape(_room.Page, _options, instruments, _room.Clock, new RecordedLog<SharedScrape>(_log));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        new MetricsEndpoint(scrape).Map(_app);
    }

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Urls.First());
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _room.Dispose();
    }

    [Fact]
    public async Task Get_NoAcceptHeader_AnswersTextWithLength()
    {
        using HttpResponseMessage response = await _client.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(body.Length, response.Content.Headers.ContentLength);
        Assert.Contains("collector_exposition_failures_total{reason=\"error\"} 0\n", Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task Get_OpenMetricsAccepted_AnswersOpenMetrics()
    {
        using HttpResponseMessage response = await Send(HttpMethod.Get, accept: "application/openmetrics-text; version=1.0.0");

        Assert.Equal("application/openmetrics-text; version=1.0.0; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.EndsWith("# EOF\n", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_Page_HasHeadersAndNoBody()
    {
        using HttpResponseMessage response = await Send(HttpMethod.Head);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Content.Headers.ContentLength > 500);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Get_GzipAccepted_AnswersTheSamePageCompressed()
    {
        _room.Meter.CreateGauge<int>("big", description: new string('x', 2000)).Record(1);

        using HttpResponseMessage response = await Send(HttpMethod.Get, encoding: "gzip");

        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(body.Length, response.Content.Headers.ContentLength);
        using var plain = new StreamReader(new GZipStream(new MemoryStream(body), CompressionMode.Decompress));
        string text = await plain.ReadToEndAsync();
        Assert.Contains("\nbig 1\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        Assert.True(body.Length < text.Length / 2);
    }

    [Fact]
    public async Task Get_PageBeyondTheCap_AnswersACleanErrorCountsAndLogsOncePerTenSeconds()
    {
        _room.Meter.CreateGauge<int>("big", description: new string('x', _options.ResponseBytes)).Record(1);

        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage response = await _client.GetAsync("/metrics");
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            Assert.DoesNotContain("xxx", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Contains("100000", Assert.Single(_log.Messages), StringComparison.Ordinal);
        _room.Clock.Advance(TimeSpan.FromSeconds(10));
        (await _client.GetAsync("/metrics")).Dispose();
        Assert.Equal(2, _log.Messages.Count);
        InstrumentFamily counted = _room.Snapshot.Instruments.Single(family => family.Name == "collector_exposition_failures_total");
        using var page = new ScrapeBuffer(10_000, 10_000);
        counted.WriteSamples(page, null);
        Assert.Contains("{reason=\"too_large\"} 4\n", Encoding.UTF8.GetString(page.Written.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_PageThatCannotBeMade_AnswersACleanError()
    {
        var page = new ScrapeRenderer([new Broken()], _options, new NullLogger<ScrapeRenderer>());
        var instruments = new ExpositionInstruments(_room.Meter, page, _room.Latest, _room.Snapshot);
        var scrape = new SharedScrape(page, _options, instruments, _room.Clock, new RecordedLog<SharedScrape>(_log));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using WebApplication app = builder.Build();
        new MetricsEndpoint(scrape).Map(app);
        await app.StartAsync();

        using HttpResponseMessage response = await _client.GetAsync(new Uri(app.Urls.First() + "/metrics"));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Single(_log.Messages);
    }

    private async Task<HttpResponseMessage> Send(HttpMethod method, string? accept = null, string? encoding = null)
    {
        using var request = new HttpRequestMessage(method, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
        return await _client.SendAsync(request);
    }

    private sealed class Broken : IFamilies
    {
        public int Version => 1;

        public IReadOnlyList<Family> Families => [];

        public void Collect() => throw new InvalidOperationException("broken");
    }
}
