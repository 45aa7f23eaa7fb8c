using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Collector.Capabilities.Gateway;
using Collector.Settings;
using Collector.Web.Listeners;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.Tests.Capabilities.Gateway;

/// <summary>The gateway over real sockets.</summary>
public sealed class GatewayListenerTests : IAsyncLifetime
{
    private const string Line = "plain,k=a n=1i 1700000000000000000\n";

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
    [InlineData("GET", "/ping", 204)]
    [InlineData("HEAD", "/ping", 204)]
    [InlineData("POST", "/ping", 405)]
    [InlineData("GET", "/settings", 200)]
    [InlineData("GET", "/write", 405)]
    [InlineData("PUT", "/api/v2/write", 405)]
    [InlineData("POST", "/", 404)]
    [InlineData("GET", "/metrics", 404)]
    [InlineData("POST", "/write?precision=fortnight", 400)]
    [InlineData("POST", "/write", 204)]
    [InlineData("POST", "/api/v2/write?org=o&bucket=b&precision=ns", 204)]
    public async Task Answer_APathAndMethod_SaysWhatToUse(string method, string path, int expected)
    {
        (HttpClient client, _) = await StartAsync(new GatewayOptions());

        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage answer = await client.SendAsync(request);

        Assert.Equal(expected, (int)answer.StatusCode);
        string text = await answer.Content.ReadAsStringAsync();
        if (expected >= 400)
        {
            Assert.NotEqual("", JsonDocument.Parse(text).RootElement.GetProperty("message").GetString());
            Assert.True(expected == 400 || text.Contains("/write", StringComparison.Ordinal), text);
        }
    }

    [Fact]
    public async Task Settings_AreInTheFormThatQuestDbsClientsRead()
    {
        (HttpClient client, _) = await StartAsync(new GatewayOptions());

        JsonElement config = JsonDocument.Parse(await client.GetStringAsync(new Uri("/settings", UriKind.Relative))).RootElement.GetProperty("config");

        Assert.Equal("[1,2]", config.GetProperty("line.proto.support.versions").GetRawText());
        Assert.Equal(127, config.GetProperty("cairo.max.file.name.length").GetInt32());
    }

    [Fact]
    public async Task Write_PlainGzipAndChunked_AreTaken()
    {
        (HttpClient client, GatewayRoom room) = await StartAsync(new GatewayOptions());

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(client, Bytes(Line))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync(client, Gzip(Bytes(Line)), "gzip")).StatusCode);
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/write") { Content = new ByteArrayContent(Bytes(Line)) };
        chunked.Headers.TransferEncodingChunked = true;
        Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(chunked)).StatusCode);

        Assert.Equal(3, room.Sink.Rows.Count);
    }

    [Fact]
    public async Task Write_BadLines_AreToldInTheHeader_AndRejectedAsQuestDbDoes()
    {
        (HttpClient lenient, _) = await StartAsync(new GatewayOptions());
        (HttpClient strict, GatewayRoom room) = await StartAsync(new GatewayOptions { OnBadLine = BadLine.Reject });

        HttpResponseMessage taken = await PostAsync(lenient, Bytes(Line + "bad\n" + Line + "plain,k=a n=x\n"));
        HttpResponseMessage refused = await PostAsync(strict, Bytes(Line + "plain,k=a n=x\n"));

        Assert.Equal((HttpStatusCode.NoContent, "2"), (taken.StatusCode, taken.Headers.GetValues("X-Quarantined").Single()));
        JsonElement error = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((HttpStatusCode.BadRequest, "invalid", 2), (refused.StatusCode, error.GetProperty("code").GetString(), error.GetProperty("line").GetInt32()));
        Assert.StartsWith("failed to parse line protocol:errors encountered on line(s):\nerror in line 2: ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{12}-1$", error.GetProperty("errorId").GetString());
        Assert.Empty(room.Sink.Rows);
    }

    [Fact]
    public async Task Write_WithAToken_WantsIt_AndPingAndSettingsDoNot()
    {
        (HttpClient client, GatewayRoom room) = await StartAsync(new GatewayOptions { Token = new Secret("t0ken") });

        HttpResponseMessage without = await PostAsync(client, Bytes(Line));
        HttpResponseMessage ping = await client.GetAsync(new Uri("/ping", UriKind.Relative));
        HttpResponseMessage settings = await client.GetAsync(new Uri("/settings", UriKind.Relative));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Token", "t0ken");
        HttpResponseMessage with = await PostAsync(client, Bytes(Line));

        Assert.Equal((401, 204, 200, 204), ((int)without.StatusCode, (int)ping.StatusCode, (int)settings.StatusCode, (int)with.StatusCode));
        Assert.NotEmpty(without.Headers.WwwAuthenticate);
        Assert.DoesNotContain("t0ken", await without.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(room.Sink.Rows);
    }

    [Fact]
    public async Task Write_TooMuchOrNotWhatItSays_IsRefused()
    {
        (HttpClient client, GatewayRoom room) = await StartAsync(new GatewayOptions { MaxBodyBytes = ByteSize.KiB(64) });
        byte[] large = Bytes(string.Concat(Enumerable.Repeat(Line, 4000)));

        Assert.Equal(413, (int)(await PostAsync(client, large)).StatusCode);
        Assert.Equal(413, (int)(await PostAsync(client, Gzip(large), "gzip")).StatusCode);
        Assert.Equal(413, (int)(await PostAsync(client, Gzip(new byte[20 << 20]), "gzip")).StatusCode);
        Assert.Equal(400, (int)(await PostAsync(client, Bytes(Line), "gzip")).StatusCode);
        Assert.Equal(400, (int)(await PostAsync(client, Gzip(Bytes(Line))[..^5], "gzip")).StatusCode);
        Assert.Equal(415, (int)(await PostAsync(client, Bytes(Line), "br")).StatusCode);
        Assert.Empty(room.Sink.Rows);
        Assert.Equal(204, (int)(await PostAsync(client, Bytes(Line))).StatusCode);
    }

    [Theory]
    [InlineData(null, false, "send Content-Encoding: gzip")]
    [InlineData("identity", false, "send Content-Encoding: gzip")]
    [InlineData("gzip", true, "gzip within gzip")]
    public async Task Write_GzipThatNoHeaderTells_IsRefusedWithAWordOnIt(string? encoding, bool twice, string reason)
    {
        (HttpClient client, GatewayRoom room) = await StartAsync(new GatewayOptions());
        byte[] body = Gzip(Bytes(string.Concat(Enumerable.Repeat(Line, 1000))));

        HttpResponseMessage answer = await PostAsync(client, twice ? Gzip(body) : body, encoding);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(room.Sink.Refused);
    }

    [Fact]
    public async Task Write_GzipOfSeveralMembers_IsTaken_AndTwiceEncodedIsNot()
    {
        (HttpClient client, GatewayRoom room) = await StartAsync(new GatewayOptions());

        HttpResponseMessage taken = await PostAsync(client, [.. Gzip(Bytes(Line)), .. Gzip(Bytes(Line))], "gzip");
        HttpResponseMessage twice = await PostAsync(client, Gzip(Gzip(Bytes(Line))), "gzip, gzip");

        Assert.Equal((204, 415), ((int)taken.StatusCode, (int)twice.StatusCode));
        Assert.Equal(2, room.Sink.Rows.Count);
    }

    [Fact]
    public async Task Write_AHundredMegabytes_IsRefusedBeforeTheyAreHeld()
    {
        var options = new GatewayOptions { MaxBodyBytes = ByteSize.MiB(1), MaxBufferedBytes = ByteSize.MiB(4) };
        (HttpClient client, GatewayRoom room) = await StartAsync(options);
        using var content = new StreamContent(new EndlessLines(100 << 20));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/write") { Content = content };
        request.Headers.TransferEncodingChunked = true;
        int? status = null;
        try
        {
            status = (int)(await client.SendAsync(request)).StatusCode;
        }
        catch (HttpRequestException)
        {
            // The connection ended while this side was still sending.
        }

        Assert.True(status is null or 413);
        Assert.Empty(room.Sink.Rows);
        Assert.Equal(204, (int)(await PostAsync(client, Bytes(Line))).StatusCode);
    }

    [Fact]
    public async Task Write_SpoolFull_Asks503WithRetryAfter()
    {
        (HttpClient client, GatewayRoom room) = await StartAsync(new GatewayOptions());
        room.Sink.Refusal = _ => "the spool is full";

        HttpResponseMessage answer = await PostAsync(client, Bytes(Line));

        Assert.Equal((503, true), ((int)answer.StatusCode, answer.Headers.RetryAfter?.Delta > TimeSpan.Zero));
        Assert.Contains("the spool is full", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_BeforeItIsOpen_Asks503()
    {
        (HttpClient client, GatewayRoom room) = await StartAsync(new GatewayOptions(), open: false);

        Assert.Equal(503, (int)(await PostAsync(client, Bytes(Line))).StatusCode);
        Assert.Empty(room.Sink.Rows);
    }

    [Fact]
    public async Task Write_ASenderThatStops_IsCutOff_AndOthersAreServed()
    {
        (HttpClient client, GatewayRoom room) = await StartAsync(new GatewayOptions { RequestTimeout = TimeSpan.FromSeconds(1), MaxRequests = 2 });
        var slow = new List<Socket>();
        for (int i = 0; i < 20; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            _others.Add(socket);
            slow.Add(socket);
            await socket.ConnectAsync(client.BaseAddress!.Host, client.BaseAddress.Port);
            await socket.SendAsync(Bytes("POST /write HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\nplain,k=a "));
        }

        Assert.Equal(204, (int)(await PostAsync(client, Bytes(Line))).StatusCode);
        await Eventually.HoldsAsync(() => slow.TrueForAll(socket => socket.Available > 0), () => room.Clock.Advance(TimeSpan.FromMilliseconds(200)));

        byte[] answer = new byte[4096];
        int length = await slow[0].ReceiveAsync(answer);
        Assert.StartsWith("HTTP/1.1 408 ", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
        Assert.Single(room.Sink.Rows);
    }

    [Fact]
    public async Task Write_OverTls_IsTaken()
    {
        var folder = new TemporaryFolder();
        _others.Add(folder);
        TestCertificate.Write(folder.File("cert.pem"), folder.File("key.pem"));
        (HttpClient client, GatewayRoom room) = await StartAsync(new GatewayOptions
        {
            Tls = new TlsOptions { Certificate = folder.File("cert.pem"), Key = folder.File("key.pem") },
        });

        Assert.Equal(204, (int)(await PostAsync(client, Bytes(Line))).StatusCode);
        Assert.Single(room.Sink.Rows);
    }

    [Fact]
    public async Task Write_CertificateReplaced_OldConnectionGoesOnAndNewOnesAreShownTheNewOne()
    {
        var folder = new TemporaryFolder();
        _others.Add(folder);
        string first = TestCertificate.Write(folder.File("cert.pem"), folder.File("key.pem"));
        (HttpClient client, GatewayRoom room) = await StartAsync(new GatewayOptions
        {
            Tls = new TlsOptions { Certificate = folder.File("cert.pem"), Key = folder.File("key.pem") },
        });
        var shown = new List<string>();
        HttpClient Another()
        {
            var another = new HttpClient(new SocketsHttpHandler
            {
                SslOptions =
                {
                    RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    {
                        shown.Add(certificate?.GetCertHashString() ?? "");
                        return shown[^1].Length > 0; // whichever it is
                    },
                },
            })
            { BaseAddress = client.BaseAddress };
            _others.Add(another);
            return another;
        }

        HttpClient old = Another();
        Assert.Equal(204, (int)(await PostAsync(old, Bytes(Line))).StatusCode);
        string second = TestCertificate.Write(folder.File("cert.pem"), folder.File("key.pem"));
        room.Clock.Advance(ServerCertificates.Interval);

        Assert.Equal(204, (int)(await PostAsync(old, Bytes(Line))).StatusCode);
        Assert.Equal([first], shown);
        Assert.Equal(204, (int)(await PostAsync(Another(), Bytes(Line))).StatusCode);
        Assert.Equal([first, second], shown);
        Assert.Equal(3, room.Sink.Rows.Count);
    }

    [Fact]
    public async Task Start_PortTaken_SaysWhatToDo()
    {
        (HttpClient client, _) = await StartAsync(new GatewayOptions());

        ListenException exception = await Assert.ThrowsAsync<ListenException>(() => StartAsync(new GatewayOptions { Listen = new HostPort("127.0.0.1", client.BaseAddress!.Port) }));

        Assert.Contains("gateway.listen", exception.Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Gzip(byte[] bytes)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, byte[] body, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        if (encoding is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }

        return await client.PostAsync(new Uri("/write", UriKind.Relative), content);
    }

    private async Task<(HttpClient Client, GatewayRoom Room)> StartAsync(GatewayOptions options, bool open = true)
    {
        options = options.Listen.Port == 9465 ? options with { Listen = new HostPort("127.0.0.1", 0) } : options;
        var room = new GatewayRoom(options);
        var write = new WriteEndpoint(room.Writer, room.Unanswered, new BufferBudget(options.MaxBufferedBytes.Bytes), options, room.Metrics, room.Clock, new NullLogger<WriteEndpoint>());
        var certificates = new ServerCertificates(null, options.Tls, room.Clock, NullLogger<ServerCertificates>.Instance);
        _others.Add(certificates);
        GatewayListener listener = room.Listener(write, certificates.Gateway);
        _listeners.Add(listener);
        _others.Add(room);
        await listener.StartAsync(CancellationToken.None);
        if (open)
        {
            listener.Open();
        }

        var trusting = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=collector.test" } };
        var client = new HttpClient(trusting) { BaseAddress = new Uri($"{(options.Tls is null ? "http" : "https")}://127.0.0.1:{listener.Port}") };
        _others.Add(client);
        return (client, room);
    }

    /// <summary>Lines without end, up to a length.</summary>
    private sealed class EndlessLines(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = (int)Math.Min(count, _left);
            buffer.AsSpan(offset, read).Fill((byte)'\n');
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
