using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Settings;
using Collector.Stores.QuestDb;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Stores.QuestDb;

/// <summary>What goes over the wire and what comes of each way it can go wrong, against a server of the test's own.</summary>
public sealed class QuestDbStoreTests : IAsyncLifetime
{
    private static readonly Table Table =
        SchemaReader.Read("t.sql", "CREATE TABLE t (ts TIMESTAMP, k SYMBOL, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)", [])!;

    private static readonly Batch Rows = new(Table, "t,k=a n=1i 1700000000000000000\nt,k=b n=2i 1700000000000000000\n"u8.ToArray(), 2);

    private readonly ConcurrentQueue<(IHeaderDictionary Headers, string Target, byte[] Body, string Connection)> _requests = new();
    private readonly WebApplication _server;
    private Func<HttpContext, Task> _answer = context => Answer(context, 204, "");

    public QuestDbStoreTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            _requests.Enqueue((new HeaderDictionary(context.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase)), context.Request.Path.Value + context.Request.QueryString.Value, body.ToArray(), context.Connection.Id));
            await _answer(context);
        });
    }

    private Uri Url => new(_server.Urls.First());

    public Task InitializeAsync() => _server.StartAsync();

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task WriteAsync_Batch_IsPostedAsItIsOnAConnectionOfItsOwn()
    {
        await using QuestDbStore store = Open(new QuestDbOptions { Url = new Uri(Url, "/proxied/questdb"), Username = "user", Password = new Secret("p:ß") });

        Assert.IsType<Outcome.Accepted>(await store.WriteAsync(Rows, default));
        Assert.IsType<Outcome.Accepted>(await store.WriteAsync(Rows, default));

        Assert.Equal(2, _requests.Select(request => request.Connection).Distinct(StringComparer.Ordinal).Count());
        Assert.All(_requests, request =>
        {
            Assert.Equal("/proxied/questdb/write", request.Target);
            Assert.Equal(Rows.Lines.ToArray(), request.Body);
            Assert.Equal($"Basic {Convert.ToBase64String("user:p:ß"u8)}", request.Headers.Authorization.ToString());
            Assert.False(request.Headers.ContainsKey("Expect"));
            Assert.False(request.Headers.ContainsKey("Transfer-Encoding"));
        });
    }

    [Fact]
    public async Task WriteAsync_GzipAndToken_AreSent()
    {
        await using QuestDbStore store = Open(new QuestDbOptions { Url = Url, Gzip = true, Token = new Secret("abc") });

        Assert.IsType<Outcome.Accepted>(await store.WriteAsync(Rows, default));

        (IHeaderDictionary headers, _, byte[] body, _) = Assert.Single(_requests);
        Assert.Equal("gzip", headers.ContentEncoding.ToString());
        Assert.Equal("Bearer abc", headers.Authorization.ToString());
        using var plain = new MemoryStream();
        await using (var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress))
        {
            await gzip.CopyToAsync(plain);
        }

        Assert.Equal(Rows.Lines.ToArray(), plain.ToArray());
    }

    [Fact]
    public async Task WriteAsync_RetryAfterAsSecondsAndAsDate_IsPassedOnByTheServersClock()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-03-01T17:00:00Z"));
        await using QuestDbStore store = Open(new QuestDbOptions { Url = Url }, clock);

        foreach ((string header, int? seconds) in new (string, int?)[] { ("7", 7), ("Sun, 01 Mar 2026 12:00:30 GMT", 30), ("Sun, 01 Mar 2026 11:00:00 GMT", 0), ("soon", null) })
        {
            _answer = context =>
            {
                context.Response.Headers.Date = "Sun, 01 Mar 2026 12:00:00 GMT";
                context.Response.Headers.RetryAfter = header;
                return Answer(context, 503, "busy");
            };
            Assert.Equal(seconds, (int?)Assert.IsType<Outcome.Retry>(await store.WriteAsync(Rows, default)).After?.TotalSeconds);
        }
    }

    [Fact]
    public async Task WriteAsync_EndlessErrorText_IsReadInPart()
    {
        _answer = async context =>
        {
            context.Response.StatusCode = 500;
            byte[] text = Encoding.ASCII.GetBytes(new string('x', 8192));
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(text, context.RequestAborted);
            }
        };
        await using QuestDbStore store = Open(new QuestDbOptions { Url = Url });

        Assert.IsType<Outcome.Retry>(await store.WriteAsync(Rows, default));
    }

    [Fact]
    public async Task WriteAsync_Redirect_IsNotFollowed()
    {
        _answer = context =>
        {
            context.Response.Headers.Location = "http://127.0.0.1:1/";
            return Answer(context, 302, "");
        };
        await using QuestDbStore store = Open(new QuestDbOptions { Url = Url });

        Assert.IsType<Outcome.Halted>(await store.WriteAsync(Rows, default));
    }

    [Fact]
    public async Task WriteAsync_NoAnswer_IsUnknownAtTheDeadline()
    {
        var arrived = new TaskCompletionSource();
        _answer = async context =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        var clock = new FakeTimeProvider();
        await using QuestDbStore store = Open(new QuestDbOptions { Url = Url, RequestTimeout = TimeSpan.FromSeconds(30) }, clock);

        Task<Outcome> write = store.WriteAsync(Rows, default);
        await arrived.Task;
        Assert.False(write.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal($"{store.Description} gave no answer within 30 s", Assert.IsType<Outcome.Unknown>(await write).Reason);
    }

    [Fact]
    public async Task WriteAsync_ConnectionLostBehindTheBody_IsUnknown()
    {
        _answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        await using QuestDbStore store = Open(new QuestDbOptions { Url = Url });

        Assert.IsType<Outcome.Unknown>(await store.WriteAsync(Rows, default));
    }

    [Fact]
    public async Task WriteAsync_ConnectionLostWithinTheBody_IsUnknown()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using QuestDbStore store = Open(new QuestDbOptions { Url = new Uri($"http://{listener.LocalEndpoint}") });
        var large = new Batch(Table, new byte[16 * 1024 * 1024], 1); // more than the sockets' buffers hold

        Task<Outcome> write = store.WriteAsync(large, default);
        using (Socket socket = await listener.AcceptSocketAsync())
        {
            await socket.ReceiveAsync(new byte[64 * 1024]);
            socket.LingerState = new LingerOption(true, 0);
        }

        Assert.Contains("broke off", Assert.IsType<Outcome.Unknown>(await write).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_Cancelled_Throws()
    {
        using var stop = new CancellationTokenSource();
        _answer = async context =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        await using QuestDbStore store = Open(new QuestDbOptions { Url = Url });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.WriteAsync(Rows, stop.Token));
    }

    [Fact]
    public async Task WriteAsync_ConnectionRefused_IsRetryThatNamesTheAddressWithoutCredentials()
    {
        await using QuestDbStore store = Open(new QuestDbOptions { Url = new Uri($"http://user:secret@127.0.0.1:{Unused()}/?token=secret") });

        string reason = Assert.IsType<Outcome.Retry>(await store.WriteAsync(Rows, default)).Reason;

        Assert.StartsWith("QuestDB at http://127.0.0.1:", reason, StringComparison.Ordinal);
        Assert.Contains("cannot be reached", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", reason + store.Description, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://no-such-host.invalid:9000")]
    [InlineData("https://127.0.0.1:{port}")]        // a server without TLS
    public async Task WriteAsync_NameOrTlsFails_IsRetry(string url)
    {
        await using QuestDbStore store = Open(new QuestDbOptions { Url = new Uri(url.Replace("{port}", $"{Url.Port}", StringComparison.Ordinal)) });

        Assert.IsType<Outcome.Retry>(await store.WriteAsync(Rows, default));
    }

    /// <summary>A certificate that no machine trusts is taken where the configuration names it, and refused elsewhere.</summary>
    [Fact]
    public async Task WriteAsync_OverTls_ArrivesWhereTheCertificateIsNamed()
    {
        using var folder = new TemporaryFolder();
        (string mine, string other) = (folder.File("mine.pem"), folder.File("other.pem"));
        TestCertificate.Write(other, folder.File("other.key"));
        TestCertificate.Write(mine, folder.File("mine.key"));
        var received = new ConcurrentQueue<byte[]>();
        using var certificate = X509Certificate2.CreateFromPemFile(mine, folder.File("mine.key"));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        await using WebApplication server = builder.Build();
        server.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            received.Enqueue(body.ToArray());
            await Answer(context, 204, "");
        });
        await server.StartAsync();
        var url = new Uri(server.Urls.First());

        await using QuestDbStore trusting = Open(new QuestDbOptions { Url = url, Ca = mine });
        await using QuestDbStore untold = Open(new QuestDbOptions { Url = url });
        await using QuestDbStore misled = Open(new QuestDbOptions { Url = url, Ca = other });

        Assert.IsType<Outcome.Accepted>(await trusting.WriteAsync(Rows, default));
        Assert.Contains("certificate", Assert.IsType<Outcome.Retry>(await untold.WriteAsync(Rows, default)).Reason, StringComparison.Ordinal);
        Assert.Contains("certificate", Assert.IsType<Outcome.Retry>(await misled.WriteAsync(Rows, default)).Reason, StringComparison.Ordinal);
        Assert.Equal(Rows.Lines.ToArray(), Assert.Single(received));
    }

    [Fact]
    public async Task PrepareAsync_MissingTable_AsksTablesAndMakesIt()
    {
        _answer = context => context.Request.Path.Value switch
        {
            _ when context.Request.Query["query"].ToString().StartsWith("CREATE", StringComparison.Ordinal) => Answer(context, 200, """{"ddl":"OK"}"""),
            _ when context.Request.Query["query"].ToString().Contains("table_columns", StringComparison.Ordinal) =>
                Answer(context, 400, """{"query":"…","error":"table does not exist [table=t]","position":14}"""),
            _ => Answer(context, 200, """{"columns":[{"name":"table_name","type":"STRING"}],"dataset":[["other"]],"count":1}"""),
        };
        await using QuestDbStore store = Open(new QuestDbOptions { Url = Url });

        Assert.IsType<Outcome.Accepted>(await store.PrepareAsync(Table, default));

        Assert.Collection(
            _requests.Select(request => Uri.UnescapeDataString(request.Target)),
            first => Assert.Equal("/exec?query=SELECT * FROM tables()", first),
            second => Assert.Equal("/exec?query=SELECT * FROM table_columns('t')", second),
            third => Assert.Equal($"/exec?query={Table.CreateStatement()}", third));
    }

    [Theory]
    [InlineData(200, """{"error":"empty query","query":"","position":"0"}""", typeof(Outcome.Halted))]
    [InlineData(400, """{"query":"…","error":"unexpected token [x]","position":7}""", typeof(Outcome.Halted))]
    [InlineData(200, "<html>", typeof(Outcome.Halted))]
    [InlineData(200, """{"status":"ok"}""", typeof(Outcome.Halted))]
    [InlineData(401, "Unauthorized", typeof(Outcome.Halted))]
    [InlineData(404, "", typeof(Outcome.Halted))]
    [InlineData(503, "", typeof(Outcome.Retry))]
    public async Task PrepareAsync_QueryFails_IsWhatTheAnswerMeans(int status, string body, Type outcome)
    {
        _answer = context => context.Request.Path == "/settings"
            ? Answer(context, 200, """{"config":{"line.proto.support.versions":[2]}}""")
            : Answer(context, status, body);
        await using QuestDbStore store = Open(new QuestDbOptions { Url = Url });

        Assert.IsType(outcome, await store.PrepareAsync(Table, default));
    }

    [Theory]
    [InlineData(400, "Could not create table, Write permission denied")]
    [InlineData(403, "Write permission denied")]
    public async Task PrepareAsync_ReadOnlyServer_IsToldAsThatAndTriedAgain(int status, string error)
    {
        _answer = context => context.Request.Query["query"].ToString().StartsWith("CREATE", StringComparison.Ordinal)
            ? Answer(context, status, $$"""{"query":"CREATE …","error":"{{error}}","position":13}""")
            : Answer(context, 200, """{"columns":[{"name":"table_name","type":"STRING"}],"dataset":[],"count":0}""");
        await using QuestDbStore store = Open(new QuestDbOptions { Url = Url });

        string reason = Assert.IsType<Outcome.Retry>(await store.PrepareAsync(Table, default)).Reason;

        Assert.Contains("is read-only and refuses CREATE TABLE", reason, StringComparison.Ordinal);
        Assert.Contains("unset QDB_READONLY", reason, StringComparison.Ordinal);
    }

    private static QuestDbStore Open(QuestDbOptions options, TimeProvider? clock = null) =>
        new(options, clock ?? TimeProvider.System, NullLogger<QuestDbStore>.Instance);

    private static async Task Answer(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        if (body.Length > 0)
        {
            await context.Response.WriteAsync(body);
        }
    }

    private static int Unused()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
