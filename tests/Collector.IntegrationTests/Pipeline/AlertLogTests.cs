using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>The last resort of alerts: the log of the collector that runs.</summary>
public sealed class AlertLogTests
{
    private const string Sources = "sources:\n  host:\n    - interval: 1s";

    [Fact]
    public async Task Post_FiringAndResolved_AreLoggedAndCounted()
    {
        await using var collector = new CollectorProcess(Sources);
        await collector.StartReadyAsync();

        HttpStatusCode status = await PostAsync(collector, """
            {"status":"firing","alerts":[
              {"status":"firing","labels":{"alertname":"Daemon down","severity":"critical"},"annotations":{"summary":"oi-fetcher\nERR does not run"}},
              {"status":"resolved","labels":{"alertname":"Drawdown"}},
              17]}
            """);

        Assert.Equal(HttpStatusCode.NoContent, status);
        string line = await collector.WaitForLineAsync("Alert Daemon down (critical): oi-fetcher ERR does not run");
        Assert.Contains("WRN", line, StringComparison.Ordinal);
        await collector.WaitForLineAsync("Alert Drawdown (no severity) is over: ");
        MetricsText page = await collector.MetricsAsync();
        Assert.Contains("collector_alerts_received_total{status=\"firing\"} 2\n", page.Text, StringComparison.Ordinal);
        Assert.Contains("collector_alerts_received_total{status=\"resolved\"} 1\n", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_TextThatIsNone_IsTakenAndSoAreThoseBehindIt()
    {
        await using var collector = new CollectorProcess(Sources);
        await collector.StartReadyAsync();

        HttpStatusCode status = await PostAsync(collector, """
            {"alerts":[
              {"status":"\ud800","labels":{"\udc00":"x","alertname":"Disk \ud800 full","severity":"warning"},"annotations":{"summary":"\udfff"}},
              {"status":"firing","labels":{"alertname":"Behind it"}}]}
            """);

        Assert.Equal(HttpStatusCode.NoContent, status);
        await collector.WaitForLineAsync("Alert \"Disk \\ud800 full\" (warning): \"\\udfff\"");
        await collector.WaitForLineAsync("Alert Behind it (no severity): ");
        Assert.Contains("collector_alerts_received_total{status=\"firing\"} 2\n", (await collector.MetricsAsync()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_AnythingElse_IsTurnedAway()
    {
        await using var collector = new CollectorProcess(Sources);
        await collector.StartReadyAsync();

        Assert.All(
            await Task.WhenAll(((string[])["", "no json", "[]", "{}", """{"alerts":"none"}"""]).Select(body => PostAsync(collector, body))),
            status => Assert.Equal(HttpStatusCode.BadRequest, status));
        Assert.StartsWith("HTTP/1.1 413 ", await AnnounceAsync(collector, (1 << 20) + 1), StringComparison.Ordinal);
        Assert.Equal(405, (await collector.GetAsync("alerts")).Status);
    }

    [Fact]
    public async Task Post_AFloodOfLongHostileAlerts_LogsAFewLinesOf400BytesATextAndCountsAll()
    {
        await using var collector = new CollectorProcess(Sources);
        await collector.StartReadyAsync();
        string evil = JsonSerializer.Serialize("\n2026-01-01 00:00:00.000 ERR forged \u001b[2J\u202e" + new string('x', 100_000));
        string body = $$$"""{"alerts":[{{{string.Join(',', Enumerable.Repeat($$$"""{"status":"firing","labels":{"alertname":"a","severity":{{{evil}}}},"annotations":{"summary":{{{evil}}}}}""", 4))}}}]}""";

        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(HttpStatusCode.NoContent, await PostAsync(collector, body));
        }

        await collector.MetricsUntilAsync(page => page.Count("collector_alerts_received_total", "firing") == 200);
        string[] lines = [.. collector.Output.Split('\n').Where(line => line.Contains("forged", StringComparison.Ordinal))];
        Assert.InRange(lines.Length, 1, 100);
        Assert.All(lines, line => Assert.Contains("WRN Alert a ( 2026-01-01 00:00:00.000 ERR forged U+001B[2JU+202Exxx", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 800, 900));
    }

    [Fact]
    public async Task Post_ChunksThatAreNone_IsTurnedAway()
    {
        await using var collector = new CollectorProcess(Sources);
        await collector.StartReadyAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, collector.Port);

        await client.GetStream().WriteAsync("POST /alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\nabc"u8.ToArray());

        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        Assert.StartsWith("HTTP/1.1 400 ", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    /// <summary>Sends a head that announces so many bytes, and returns the first line of the answer.</summary>
    private static async Task<string> AnnounceAsync(CollectorProcess collector, int bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, collector.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /alerts HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {bytes}\r\n\r\n"));
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        return await reader.ReadLineAsync() ?? "";
    }

    private static async Task<HttpStatusCode> PostAsync(CollectorProcess collector, string body)
    {
        using var http = new HttpClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await http.PostAsync(new Uri($"http://127.0.0.1:{collector.Port}/alerts"), content);
        return answer.StatusCode;
    }
}
