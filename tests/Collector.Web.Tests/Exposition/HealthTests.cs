using System.Net;
using Collector.Web.Exposition;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Collector.Tests.Web.Exposition;

public sealed class HealthTests : IAsyncLifetime, IDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client = new();
    private Func<string?> _because = () => null;
    private bool _mayKnow = true;

    public HealthTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        new Health([new Readiness("spool", () => null), new Readiness("delivery", () => _because())]).Map(_app, _ => _mayKnow);
    }

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        _client.BaseAddress = new Uri(_app.Urls.First());
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Live_PartNotReady_AnswersLive()
    {
        _because = () => "QuestDB does not answer";

        Assert.Equal("live\n", await _client.GetStringAsync("/health/live"));
    }

    [Fact]
    public async Task Ready_AllPartsReady_Answers200()
    {
        (HttpStatusCode status, string text) = await Get("/health/ready");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("spool: ready\ndelivery: ready\n", text);
    }

    [Fact]
    public async Task Ready_PartNotReady_Answers503WithTheReasonOnOneLine()
    {
        _because = () => "QuestDB does not answer:\r\nconnection refused";

        (HttpStatusCode status, string text) = await Get("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("spool: ready\ndelivery: QuestDB does not answer: connection refused\n", text);
    }

    [Fact]
    public async Task Ready_PartThatThrows_IsNotReadyAndHidesNoOther()
    {
        _because = () => throw new InvalidOperationException("no");

        (HttpStatusCode status, string text) = await Get("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("spool: ready\ndelivery: it cannot tell its state: no\n", text);
    }

    [Fact]
    public async Task Health_PartNotReady_TellsItAsJson()
    {
        _because = () => "it \"waits\"";

        (HttpStatusCode status, string text) = await Get("/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        using var json = System.Text.Json.JsonDocument.Parse(text);
        Assert.False(json.RootElement.GetProperty("ready").GetBoolean());
        Assert.True(json.RootElement.GetProperty("parts")[0].GetProperty("ready").GetBoolean());
        Assert.Equal("it \"waits\"", json.RootElement.GetProperty("parts")[1].GetProperty("because").GetString());
    }

    [Fact]
    public async Task Health_AskedByWhoMayNotKnow_TellsThePartsAndNoReason()
    {
        _because = () => "QuestDB at http://10.0.0.7:9000 does not answer";
        _mayKnow = false;

        (HttpStatusCode status, string text) = await Get("/health/ready");
        (HttpStatusCode ofJson, string json) = await Get("/health");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (status, ofJson));
        Assert.Equal("spool: ready\ndelivery: not ready\n", text);
        Assert.DoesNotContain("10.0.0.7", json, StringComparison.Ordinal);
        using var parsed = System.Text.Json.JsonDocument.Parse(json);
        System.Text.Json.JsonElement part = parsed.RootElement.GetProperty("parts")[1];
        Assert.Equal(("delivery", false), (part.GetProperty("name").GetString(), part.GetProperty("ready").GetBoolean()));
        Assert.False(part.TryGetProperty("because", out _));
    }

    [Fact]
    public async Task Ready_Head_HasNoBody()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/health/ready");
        using HttpResponseMessage response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    private async Task<(HttpStatusCode Status, string Text)> Get(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
