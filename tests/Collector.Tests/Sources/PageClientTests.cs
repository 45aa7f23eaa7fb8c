using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Collector.Sources;

namespace Collector.Tests.Sources;

/// <summary>The client before servers that end connections as real ones do.</summary>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync of IAsyncLifetime disposes of it.")]
public sealed class PageClientTests : IAsyncLifetime
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private PageClient _client = null!;

    public Task InitializeAsync()
    {
        _listener.Start();
        _client = new PageClient(new Uri($"http://{_listener.LocalEndpoint}/"), 1024, _ => { });
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

    private static string Text(Page page) => Encoding.UTF8.GetString(page.Body.Span);
}
