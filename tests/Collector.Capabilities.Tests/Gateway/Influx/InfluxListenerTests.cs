using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Collector.Capabilities.Gateway;
using Collector.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Tests.Capabilities.Gateway.Influx;

/// <summary>What clients of InfluxDB and Telegraf find at the gateway, over real sockets.</summary>
public sealed class InfluxListenerTests : IAsyncLifetime
{
    private const string Lines = "# comment\nplain,k=a n=8u 1700000000000000000\n";

    private readonly List<IAsyncDisposable> _listeners = [];
    private readonly List<IDisposable> _others = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (IAsyncDisposable listener in _listeners)
        {
            await listener.DisposeAsync();
        }

        _others.ForEach(other => other.Dispose());
    }

    [Theory]
    [InlineData("/api/v2/write", true)]
    [InlineData("/api/v2/write?org=o&bucket=b&precision=ns", true)]
    [InlineData("/write?db=x", true)]
    [InlineData("/write?db=&rp=&precision=n", true)]
    [InlineData("/write?bucket=x", true)]
    [InlineData("/write?org=x", true)]
    [InlineData("/write", false)]
    [InlineData("/write?precision=n", false)]
    public async Task Write_ByPathAndQuery_IsReadInItsDialect(string path, bool isInflux)
    {
        (HttpClient client, GatewayRoom room) = await StartAsync(new GatewayOptions());

        HttpResponseMessage answer = await PostAsync(client, path, Lines);

        Assert.Equal((HttpStatusCode.NoContent, isInflux), (answer.StatusCode, answer.Headers.Contains("X-Influxdb-Version")));
        Assert.Equal(isInflux ? (1, 0) : (0, 2), (room.Sink.Rows.Count, room.Sink.Refused.Count));
    }

    [Theory]
    [InlineData("/write?db=x&u=any&p=t0ken", null, 204)]
    [InlineData("/write?db=x&u=t0ken&p=any", null, 204)]
    [InlineData("/write?db=x&p=t0ken", null, 204)]
    [InlineData("/api/v2/write?p=t0ken", null, 204)]
    [InlineData("/write?db=x&u=any&p=wrong", null, 401)]
    [InlineData("/write?db=x", null, 401)]
    [InlineData("/write?u=any&p=t0ken", null, 401)]
    [InlineData("/api/v2/write", "Token any:t0ken", 204)]
    [InlineData("/api/v2/write", "Token t0ken:any", 204)]
    [InlineData("/api/v2/write", "Token t0ken", 204)]
    [InlineData("/api/v2/write", "Token any:wrong", 401)]
    [InlineData("/api/v2/write", "Bearer any:t0ken", 401)]
    [InlineData("/query?q=CREATE+DATABASE+x", null, 401)]
    [InlineData("/query?q=CREATE+DATABASE+x&u=any&p=t0ken", null, 200)]
    public async Task Write_WithAToken_TakesItAsClientsOfInfluxDbBringIt(string path, string? authorization, int expected)
    {
        (HttpClient client, _) = await StartAsync(new GatewayOptions { Token = new Secret("t0ken") });
        client.DefaultRequestHeaders.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);

        HttpResponseMessage answer = await PostAsync(client, path, Lines);

        Assert.Equal(expected, (int)answer.StatusCode);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("t0ken", text, StringComparison.Ordinal);
        Assert.True(expected != 401 || JsonDocument.Parse(text).RootElement.GetProperty("code").GetString() == "unauthorized");
    }

    [Theory]
    [InlineData(true, 200, "pass")]
    [InlineData(false, 503, "fail")]
    public async Task Health_NeedsNoToken_AndSaysWhetherWritesAreTaken(bool open, int code, string status)
    {
        (HttpClient client, _) = await StartAsync(new GatewayOptions { Token = new Secret("t0ken") }, open);

        HttpResponseMessage answer = await client.GetAsync(new Uri("/health", UriKind.Relative));
        using var head = new HttpRequestMessage(HttpMethod.Head, "/health");
        HttpResponseMessage headers = await client.SendAsync(head);

        JsonElement health = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((code, status), ((int)answer.StatusCode, health.GetProperty("status").GetString()));
        Assert.All((string[])["name", "message", "version"], name => Assert.NotEqual("", health.GetProperty(name).GetString()));
        Assert.Equal((code, ""), ((int)headers.StatusCode, await headers.Content.ReadAsStringAsync()));
        Assert.All((HttpResponseMessage[])[answer, headers], one => Assert.NotEmpty(one.Headers.GetValues("X-Influxdb-Version")));
    }

    [Fact]
    public async Task Query_AsTelegrafSendsIt_MakesADatabase()
    {
        (HttpClient client, _) = await StartAsync(new GatewayOptions());
        using var form = new FormUrlEncodedContent([new("q", "CREATE DATABASE \"telegraf\"")]);

        HttpResponseMessage answer = await client.PostAsync(new Uri("/query", UriKind.Relative), form);

        Assert.Equal((HttpStatusCode.OK, """{"results":[{"statement_id":0}]}"""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("create database \"a b\" with duration 30d;", 200)]
    [InlineData("SHOW  DATABASES", 200)]
    [InlineData("SHOW DATABASESX", 400)]
    [InlineData("CREATE DATABASE x; DROP DATABASE y", 400)]
    [InlineData("CREATE USER x WITH PASSWORD 's3cret'", 400)]
    [InlineData("SELECT * FROM cpu", 400)]
    [InlineData("", 400)]
    public async Task Query_AStatement_IsAnsweredOrRefusedInWords(string statement, int expected)
    {
        (HttpClient client, _) = await StartAsync(new GatewayOptions());

        HttpResponseMessage answer = await client.GetAsync(new Uri($"/query?q={Uri.EscapeDataString(statement)}", UriKind.Relative));

        string text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
        JsonElement told = JsonDocument.Parse(text).RootElement;
        Assert.True(expected == 200 ? told.TryGetProperty("results", out _) : told.GetProperty("error").GetString()!.Contains("CREATE DATABASE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Query_AFormThatIsTooLarge_IsRefused()
    {
        (HttpClient client, _) = await StartAsync(new GatewayOptions());
        using var form = new FormUrlEncodedContent([new("q", new string('x', 40_000))]);

        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync(new Uri("/query", UriKind.Relative), form)).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.DeleteAsync(new Uri("/query", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("/api/v2/write?org=o&bucket=b")]
    [InlineData("/write?db=x")]
    public async Task Write_ABadLineThatIsRejected_IsToldAsInfluxDbsClientsReadIt(string path)
    {
        (HttpClient client, _) = await StartAsync(new GatewayOptions { OnBadLine = BadLine.Reject });

        HttpResponseMessage answer = await PostAsync(client, path, "# comment\nplain,k=a n=8u\nplain,k=a n=x\n");

        JsonElement error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((HttpStatusCode.BadRequest, "invalid", 3), (answer.StatusCode, error.GetProperty("code").GetString(), error.GetProperty("line").GetInt32()));
        Assert.StartsWith("unable to parse line 3: n: 'x' is no value", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(error.GetProperty("message").GetString(), error.GetProperty("error").GetString());
    }

    /// <summary>Telegraf throws a batch away at a 408, as at any 4xx, and sends it again at a 503.</summary>
    [Fact]
    public async Task Write_ASenderThatStops_IsAskedToSendAgain()
    {
        (HttpClient client, GatewayRoom room) = await StartAsync(new GatewayOptions { RequestTimeout = TimeSpan.FromSeconds(1) });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(client.BaseAddress!.Host, client.BaseAddress.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes("POST /write?db=x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\nplain,k=a "));

        await Eventually.HoldsAsync(() => socket.Available > 0, () => room.Clock.Advance(TimeSpan.FromMilliseconds(200)));

        byte[] answer = new byte[4096];
        string text = Encoding.ASCII.GetString(answer, 0, await socket.ReceiveAsync(answer));
        Assert.StartsWith("HTTP/1.1 503 ", text, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 1", text, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string lines)
    {
        using var content = new StringContent(lines);
        return await client.PostAsync(new Uri(path, UriKind.Relative), content);
    }

    private async Task<(HttpClient Client, GatewayRoom Room)> StartAsync(GatewayOptions options, bool open = true)
    {
        options = options with { Listen = new HostPort("127.0.0.1", 0) };
        var room = new GatewayRoom(options);
        var write = new WriteEndpoint(room.Writer, room.Unanswered, room.Budget, options, room.Metrics, room.Clock, new NullLogger<WriteEndpoint>());
        GatewayListener listener = room.Listener(write);
        _listeners.Add(listener);
        _others.Add(room);
        await listener.StartAsync(CancellationToken.None);
        if (open)
        {
            listener.Open();
        }

        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{listener.Port}") };
        _others.Add(client);
        return (client, room);
    }
}
