using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>More connections than the process may have files: it goes on, and who has something to say is heard.</summary>
public sealed class ConnectionFloodTests
{
    private const int Files = 512;
    private const string Store = "store:\n  type: sqlite";

    [Fact]
    public async Task Connect_MoreOftenThanFilesMayBeOpen_CollectsAndAnswersAllTheSame()
    {
        await using CollectorProcess collector = new(Store, "sources:\n  host:\n    - interval: 200ms") { MaxFiles = Files };
        await collector.StartReadyAsync();
        List<Socket> sockets = [];
        try
        {
            foreach (int port in (int[])[collector.Port, collector.GatewayPort])
            {
                for (int i = 0; i < 2 * Files; i++)
                {
                    await ConnectAsync(sockets, port);
                }
            }

            using var http = new HttpClient();
            using var lines = new ByteArrayContent("flood,k=a n=1i\n"u8.ToArray());
            using HttpResponseMessage written = await http.PostAsync(new Uri($"http://127.0.0.1:{collector.GatewayPort}/write"), lines);
            Assert.Equal(HttpStatusCode.NoContent, written.StatusCode);
            MetricsText page = await collector.MetricsUntilAsync(page => page.Count("collector_rows_delivered_total", "table=\"flood\"") == 1);
            Assert.Equal(Files / 16, page.Count("collector_connections_max", "listener=\"http\""));
            Assert.Equal(Files / 16 * 3, page.Count("collector_connections_max", "listener=\"gateway\""));
            Assert.InRange(page.Count("collector_connections_closed_total", "listener=\"http\",reason=\"idle\""), Files, 2 * Files);
            Assert.InRange(page.Count("collector_connections_closed_total", "listener=\"gateway\",reason=\"idle\""), Files, 2 * Files);
            long rows = page.Count("collector_rows_accepted_total", "table=\"host_metrics\"");
            await collector.MetricsUntilAsync(page => page.Count("collector_rows_accepted_total", "table=\"host_metrics\"") > rows);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }

        Assert.InRange(collector.Output.Split('\n').Count(line => line.Contains("max_connections", StringComparison.Ordinal)), 4, 12);
        Assert.DoesNotContain("Too many open files", collector.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(128)]
    [InlineData(319)]
    public async Task Start_FarTooFewFiles_SaysSo(int files)
    {
        await using CollectorProcess collector = new(Store) { MaxFiles = files };
        await collector.StartAsync();

        Assert.Equal(1, await collector.WaitForExitAsync());
        Assert.Equal(
            $"The collector cannot start: This process may have {files} files open, and needs 320 at the least. Raise the limit: ulimit -n, LimitNOFILE of systemd, or nofile of a container.",
            collector.ErrorOutput);
    }

    [Fact]
    public async Task Start_AsFewFilesAsWillDo_Collects()
    {
        await using CollectorProcess collector = new(Store, "sources:\n  host:\n    - interval: 200ms") { MaxFiles = 320 };
        await collector.StartReadyAsync();

        await collector.MetricsUntilAsync(page => page.Count("collector_rows_delivered_total", "table=\"host_metrics\"") > 2);
        Assert.DoesNotContain("Too many open files", collector.Output, StringComparison.Ordinal);
    }

    private static async Task ConnectAsync(List<Socket> sockets, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        sockets.Add(socket);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            await socket.SendAsync(Encoding.ASCII.GetBytes("GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        }
        catch (SocketException)
        {
            // Closed at once, to make room.
        }
    }
}
