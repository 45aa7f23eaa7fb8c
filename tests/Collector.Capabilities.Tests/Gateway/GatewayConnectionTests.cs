using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Collector.Capabilities.Gateway;
using Collector.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Tests.Capabilities.Gateway;

/// <summary>Who holds connections open and says nothing shuts nobody out.</summary>
public sealed class GatewayConnectionTests : IAsyncDisposable
{
    private const string Line = "plain,k=a n=1i 1700000000000000000\n";
    private const string Secret = "0123456789abcdef";

    private readonly List<Socket> _sockets = [];
    private GatewayRoom _room = null!;
    private GatewayListener _listener = null!;
    private HttpClient _client = null!;

    public async ValueTask DisposeAsync()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _client.Dispose();
        await _listener.DisposeAsync();
        _room.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Secret)]
    public async Task Connect_AtTheLimitOfSilentConnections_TheOldestMakesRoom(string? token)
    {
        await StartAsync(new GatewayOptions { MaxConnections = 3, Token = token is null ? null : new Secret(token) });
        using var counts = new RecordedCounts(_room.Meter);
        Socket first = await ConnectAsync(), second = await ConnectAsync(), third = await ConnectAsync();
        await SendAsync(second, "GET /nothing HT"); // half a head is silence too

        Assert.Equal(HttpStatusCode.NoContent, (await WriteAsync(token)).StatusCode);

        Assert.True(await IsClosedAsync(first));
        Assert.False(IsClosed(second) || IsClosed(third));
        Assert.Equal(1, counts["collector_connections_closed_total:idle"]);
        Assert.Equal(0, counts["collector_connections_closed_total:limit"]);
    }

    [Fact]
    public async Task Connect_AtTheLimitOfConnectionsWithTheToken_TheNewOneIsTurnedAway()
    {
        await StartAsync(new GatewayOptions { MaxConnections = 2, Token = new Secret(Secret) });
        using var counts = new RecordedCounts(_room.Meter);
        foreach (int _ in (int[])[1, 2])
        {
            Assert.StartsWith("HTTP/1.1 204", await AskAsync(await ConnectAsync(), $"POST /write HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Secret}\r\nContent-Length: {Line.Length}\r\n\r\n{Line}"), StringComparison.Ordinal);
        }

        Socket stranger = await ConnectAsync();

        Assert.True(await IsClosedAsync(stranger));
        Assert.Equal(1, counts["collector_connections_closed_total:limit"]);
        Assert.StartsWith("HTTP/1.1 204", await AskAsync(_sockets[0], $"POST /write HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Secret}\r\nContent-Length: {Line.Length}\r\n\r\n{Line}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_ARequestUnderWay_IsNotIdle()
    {
        await StartAsync(new GatewayOptions { MaxConnections = 2 });
        Socket busy = await ConnectAsync();
        await SendAsync(busy, $"POST /write HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {Line.Length}\r\n\r\n{Line[..5]}");
        await Eventually.HoldsAsync(() => _room.Metrics.InFlight == 1);
        Socket idle = await ConnectAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await WriteAsync(null)).StatusCode);

        Assert.True(await IsClosedAsync(idle));
        Assert.StartsWith("HTTP/1.1 204", await AskAsync(busy, Line[5..]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/ping")]
    [InlineData("/settings")]
    [InlineData("/health")]
    [InlineData("/write")]
    public async Task Answer_WithoutTheToken_EndsTheConnection(string path)
    {
        await StartAsync(new GatewayOptions { Token = new Secret(Secret) });

        Assert.Contains("\r\nConnection: close\r\n", await AskAsync(await OpenAsync(), $"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"), StringComparison.Ordinal);
        Assert.DoesNotContain("Connection: close", await AskAsync(await OpenAsync(), $"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Secret}\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_NoTokenIsWanted_KeepsTheConnection()
    {
        await StartAsync(new GatewayOptions());

        Assert.DoesNotContain("Connection: close", await AskAsync(await ConnectAsync(), "GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_WrongToken_IsCounted()
    {
        await StartAsync(new GatewayOptions { Token = new Secret(Secret) });
        using var counts = new RecordedCounts(_room.Meter);

        Assert.Equal(HttpStatusCode.Unauthorized, (await WriteAsync("wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await WriteAsync(null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.PostAsync(new Uri("/write?db=d&u=me&p=wrong", UriKind.Relative), null)).StatusCode);

        Assert.Equal((2, 1), (counts["collector_logins_failed_total:wrong"], counts["collector_logins_failed_total:missing"]));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Host", "evil.example")]
    public async Task Write_ByAnotherSitesPage_IsForbiddenAndCounted(string header, string value)
    {
        await StartAsync(new GatewayOptions());
        using var counts = new RecordedCounts(_room.Meter);
        _client.DefaultRequestHeaders.TryAddWithoutValidation(header, value);

        Assert.Equal(HttpStatusCode.Forbidden, (await WriteAsync(null)).StatusCode);

        Assert.Empty(_room.Sink.Rows);
        Assert.Equal(1, counts["collector_foreign_requests_total"]);
    }

    /// <summary>Chunk sizes that are none, or beyond what a request may have; whatever they are, the client did it.</summary>
    [Theory]
    [InlineData("zz\r\nabc\r\n")]
    [InlineData("-1\r\nabc")]
    [InlineData("80000000\r\nabc")]
    [InlineData("FFFFFFFF\r\nabc")]
    [InlineData("FFFFFFFFFFFFFFFFFF\r\nabc")]
    [InlineData("5\r\nabcdefgh\r\n0\r\n\r\n")]
    public async Task Write_ChunksThatAreNone_AreTheClientsFault(string body)
    {
        await StartAsync(new GatewayOptions());

        foreach (string path in (string[])["/write", "/api/v2/write?bucket=b"])
        {
            foreach (string encoding in (string[])["identity", "gzip"])
            {
                string answer = await AskAsync(await OpenAsync(), $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nContent-Encoding: {encoding}\r\n\r\n{body}");
                Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
            }
        }
    }

    private async Task StartAsync(GatewayOptions options)
    {
        _room = new GatewayRoom(options with { Listen = new HostPort("127.0.0.1", 0) });
        _listener = _room.Listener(new WriteEndpoint(_room.Writer, _room.Unanswered, _room.Budget, _room.Options, _room.Metrics, _room.Clock, new NullLogger<WriteEndpoint>()));
        await _listener.StartAsync(CancellationToken.None);
        _listener.Open();
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_listener.Port}") };
    }

    private async Task<HttpResponseMessage> WriteAsync(string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/write") { Content = new ByteArrayContent(Encoding.ASCII.GetBytes(Line)) };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await _client.SendAsync(request);
    }

    /// <summary>Opens a connection, and waits until the listener has seen it.</summary>
    private async Task<Socket> ConnectAsync()
    {
        int open = _listener.Connections.Open;
        Socket socket = await OpenAsync();
        await Eventually.HoldsAsync(() => _listener.Connections.Open > open || IsClosed(socket));
        _room.Clock.Advance(TimeSpan.FromMilliseconds(1)); // who came first
        return socket;
    }

    private async Task<Socket> OpenAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, _listener.Port);
        }
        catch (SocketException)
        {
            // Turned away at once.
        }

        return socket;
    }

    private static async Task SendAsync(Socket socket, string text) => await socket.SendAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>The first part of the answer.</summary>
    private static async Task<string> AskAsync(Socket socket, string text)
    {
        await SendAsync(socket, text);
        byte[] answer = new byte[4096];
        int length = await socket.ReceiveAsync(answer);
        return Encoding.ASCII.GetString(answer, 0, length);
    }

    private static async Task<bool> IsClosedAsync(Socket socket)
    {
        await Eventually.HoldsAsync(() => IsClosed(socket));
        return true;
    }

    private static bool IsClosed(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Receive(new byte[1], SocketFlags.Peek) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
