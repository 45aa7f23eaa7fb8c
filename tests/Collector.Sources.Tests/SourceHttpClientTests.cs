using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Collector.Sources;
using Collector.Sources.Http;

namespace Collector.Tests.Sources;

/// <summary>The client before servers that end connections as real ones do.</summary>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync of IAsyncLifetime disposes of it.")]
public sealed class SourceHttpClientTests : IAsyncLifetime
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private SourceHttpClient _client = null!;

    public Task InitializeAsync()
    {
        _listener.Start();
        _client = new SourceHttpClient(new Uri($"http://{_listener.LocalEndpoint}/"), 1024, _ => { });
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        _client.Dispose();
        _listener.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Get_OnAConnectionThatWasClosedMeanwhile_AsksOnceMore(bool resets)
    {
        Task<int> serving = ServeAsync(2, resets);

        Assert.Equal("1", Text(await _client.GetAsync(CancellationToken.None)));
        Assert.Equal("2", Text(await _client.GetAsync(CancellationToken.None)));
        Assert.Equal(2, await serving);
    }

    [Fact]
    public async Task Get_ServerThatResetsEachConnection_IsAskedOnceMoreAtTheMost()
    {
        Task serving = ServeAsync(1, false);
        await _client.GetAsync(CancellationToken.None);
        await serving;
        int connections = 0;
        using var over = new CancellationTokenSource();
        serving = Task.Run(async () =>
        {
            while (true)
            {
                using Socket socket = await _listener.AcceptSocketAsync(over.Token);
                Interlocked.Increment(ref connections);
                await ReadRequestAsync(socket);
                socket.LingerState = new LingerOption(true, 0);
            }
        });

        for (int asked = 2; asked <= 3; asked++)
        {
            SourceException exception = await Assert.ThrowsAsync<SourceException>(() => _client.GetAsync(CancellationToken.None));
            Assert.Equal((SourceError.Unreachable, asked), (exception.Error, Volatile.Read(ref connections)));
        }

        await over.CancelAsync();
        await serving.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    [Fact]
    public async Task Get_ContentTypeWithASemicolonAtItsEnd_IsThatType()
    {
        Task<int> serving = ServeAsync(1, false, "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8;\r\n");

        Assert.Equal("application/openmetrics-text", (await _client.GetAsync(CancellationToken.None)).ContentType?.MediaType);
        await serving;
    }

    [Theory]
    [InlineData("file:///etc/passwd", "file")]
    [InlineData("ftp://127.0.0.1/page", "ftp")]
    [InlineData("javascript:alert(1)", "javascript")]
    public async Task Get_RedirectToAnotherScheme_IsAFaultOfTheSourceThatNamesTheScheme(string location, string scheme)
    {
        var serving = Task.Run(async () =>
        {
            using Socket socket = await _listener.AcceptSocketAsync();
            await ReadRequestAsync(socket);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"));
        });

        SourceException exception = await Assert.ThrowsAsync<SourceException>(() => _client.GetAsync(CancellationToken.None));

        await serving;
        Assert.Equal(SourceError.Status, exception.Error);
        Assert.Contains("it redirects to an address that begins with", exception.Message, StringComparison.Ordinal);
        Assert.Contains($" {scheme}:, and only http and https are followed", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("passwd", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Redirects_AreFollowedFiveTimesAndWithoutTheLogin()
    {
        using var client = new SourceHttpClient(new Uri($"http://{_listener.LocalEndpoint}/0"), 1024, headers => headers.TryAddWithoutValidation("Authorization", "Bearer secret"));
        var asked = new List<string>();
        var serving = Task.Run(async () =>
        {
            for (int i = 1; i <= 6; i++)
            {
                using Socket socket = await _listener.AcceptSocketAsync();
                byte[] buffer = new byte[4096];
                asked.Add(Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer)));
                await socket.SendAsync(Encoding.ASCII.GetBytes(i == 6
                    ? "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nhere"
                    : $"HTTP/1.1 30{(i % 2 == 0 ? 1 : 7)} Elsewhere\r\nLocation: {(i % 2 == 0 ? $"http://{_listener.LocalEndpoint}" : "")}/{i}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            }
        });

        Assert.Equal("here", Text(await client.GetAsync(CancellationToken.None)));
        Assert.Equal(["GET /0 ", "GET /1 ", "GET /2 ", "GET /3 ", "GET /4 ", "GET /5 "], asked.Select(request => request[..7]));
        Assert.Equal([true, false, false, false, false, false], asked.Select(request => request.Contains("secret", StringComparison.Ordinal)));
        await serving;
    }

    [Fact]
    public async Task Get_RedirectsWithoutEnd_AreAFaultAfterFive()
    {
        int asked = 0;
        var serving = Task.Run(async () =>
        {
            for (asked = 1; asked <= 6; asked++)
            {
                using Socket socket = await _listener.AcceptSocketAsync();
                await ReadRequestAsync(socket);
                await socket.SendAsync("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
            }
        });

        SourceException exception = await Assert.ThrowsAsync<SourceException>(() => _client.GetAsync(CancellationToken.None));

        await serving;
        Assert.Equal((SourceError.Status, 7), (exception.Error, asked));
        Assert.Contains("answers 302", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Answers one request a connection and says that it may be used again; with the next request on it, it is over.</summary>
    /// <returns>The connections that there were.</returns>
    private async Task<int> ServeAsync(int answers, bool resets, string headers = "")
    {
        for (int i = 1; i <= answers; i++)
        {
            using Socket socket = await _listener.AcceptSocketAsync();
            await ReadRequestAsync(socket);
            await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n{headers}\r\n{i}"));
            if (i < answers)
            {
                await ReadRequestAsync(socket);
            }

            if (resets)
            {
                socket.LingerState = new LingerOption(true, 0);
            }
        }

        return answers;
    }

    private static async Task ReadRequestAsync(Socket socket)
    {
        byte[] buffer = new byte[4096];
        Assert.True(await socket.ReceiveAsync(buffer) > 0);
    }

    private static string Text(HttpAnswer page) => Encoding.UTF8.GetString(page.Body.Span);
}
