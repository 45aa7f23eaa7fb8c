using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Demo;

/// <summary>The collector over the whole demo, with the sources of the configuration that the demo ships.</summary>
public sealed class DemoPipelineTests : IDisposable
{
    private static readonly string[] Tables =
    [
        "daemon_metrics", "exchange_status", "trading_metrics", "scraped_metrics", "host_metrics", "collector_status", "source_status",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort.Next();

    [Fact]
    public async Task Run_TheShippedConfiguration_FillsEveryTableAndShowsAFaultAndItsEnd()
    {
        await using var collector = new CollectorProcess("status_interval: 1s", Sources());
        await using ChildProcess demo = ChildProcess.StartProgram(
            "demo", "demo",
            ["--port", $"{_port}", "--speed", "60", "--catalog", _folder.Path, "--push", $"http://127.0.0.1:{collector.GatewayPort}/write"]);
        await demo.WaitForHttpAsync(At("status"), CollectorProcess.Soon);
        await collector.StartReadyAsync();

        foreach (string table in Tables)
        {
            await collector.Sqlite.QueryUntilAsync($"SELECT DISTINCT env FROM {table}", rows => rows is [["demo"]]);
        }

        await collector.Sqlite.QueryUntilAsync("SELECT DISTINCT daemon FROM daemon_metrics WHERE running = 1", rows => rows.Count == 2);
        await collector.Sqlite.QueryUntilAsync("SELECT DISTINCT exchange FROM exchange_status WHERE state = 'connected' AND message_count > 0 AND latency_ms > 10", rows => rows.Count == 4);
        // Hyperliquid tells no time, so that nobody can tell its delay.
        await collector.Sqlite.QueryUntilAsync(
            "SELECT DISTINCT exchange FROM exchange_status WHERE feed_delay_ms > 5 AND clock_error_ms IS NOT NULL ORDER BY exchange", rows => rows is [["binance"], ["bybit"], ["okx"]]);
        await collector.Sqlite.QueryUntilAsync("SELECT rate_limit_used FROM exchange_status WHERE exchange = 'binance' AND rate_limit_used IS NOT NULL", rows => rows.Count > 0);
        await collector.Sqlite.QueryUntilAsync("SELECT DISTINCT strategy FROM trading_metrics WHERE equity > 0 AND strategy = 'carry-eth'", rows => rows.Count == 1);

        using var http = new HttpClient();
        using HttpResponseMessage begun = await http.PostAsync(At("faults/exchange-disconnect?name=okx"), null);
        begun.EnsureSuccessStatusCode();
        await collector.Sqlite.QueryUntilAsync("SELECT error FROM exchange_status WHERE exchange = 'okx' AND state = 'disconnected' AND downtime_seconds > 0", rows => rows.Count > 0);
        using HttpResponseMessage ended = await http.DeleteAsync(At("faults/exchange-disconnect"));
        ended.EnsureSuccessStatusCode();
        await collector.Sqlite.QueryUntilAsync("SELECT state FROM exchange_status WHERE exchange = 'okx' AND state = 'connected' AND reconnect_count > 0", rows => rows.Count > 0);
        Assert.Empty(collector.Sqlite.Query("SELECT exchange FROM exchange_status WHERE state = 'disconnected' AND exchange <> 'okx'"));

        MetricsText page = await collector.MetricsAsync();
        Assert.Equal(0, page.Count("collector_ledger_remainder"));
        Assert.Equal((200, "live\n"), await collector.GetAsync("health/live"));
    }

    [Fact]
    public async Task Documentation_NamesEveryFault()
    {
        string text = await File.ReadAllTextAsync(RepositoryRoot.Combine("docs", "demo.md"));

        Assert.All(global::Demo.Faults.FaultKind.All, kind => Assert.Contains($"| `{kind.Name}` |", text, StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private Uri At(string path) => new($"http://127.0.0.1:{_port}/{path}");

    /// <summary>The sources of demo/collector.yaml, on this test's port and folder.</summary>
    private string Sources()
    {
        string config = File.ReadAllText(RepositoryRoot.Combine("demo", "collector.yaml"));
        return config[config.IndexOf("\nsources:", StringComparison.Ordinal)..]
            .Replace("127.0.0.1:9470", $"127.0.0.1:{_port}", StringComparison.Ordinal)
            .Replace("../.run/catalog", _folder.Path, StringComparison.Ordinal);
    }
}
