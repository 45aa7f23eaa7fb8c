using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Demo;

/// <summary>The collector over the whole demo, with the sources of the configuration that the demo ships.</summary>
public sealed class DemoPipelineTests : IDisposable
{
    private static readonly string[] Tables =
    [
        "daemon_metrics", "exchange_status", "pipeline_metrics", "storage_usage", "trading_metrics", "host_metrics", "collector_status", "source_status",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly int _port = FreePort.Next();

    [Fact]
    public async Task Run_TheShippedConfiguration_FillsEveryTableAndShowsFaultsAndTheirEnds()
    {
        await using var collector = new CollectorProcess("status_interval: 1s", DemoConfiguration.Sources(_port, _folder.Path));
        await using var demo = ChildProcess.StartProgram(
            "demo", "demo",
            ["--port", $"{_port}", "--speed", "60", "--catalog", _folder.Path, "--push", $"http://127.0.0.1:{collector.GatewayPort}/write"]);
        await demo.WaitForHttpAsync(At("status"), CollectorProcess.Soon);
        await collector.StartReadyAsync();

        foreach (string table in Tables)
        {
            await collector.Sqlite.QueryUntilAsync($"SELECT DISTINCT env FROM {table}", rows => rows is [["demo"]]);
        }

        // Of all tables this one alone has no environment.
        await HasAsync(collector.Sqlite, "SELECT DISTINCT name FROM scraped_metrics WHERE job = 'demo' AND name = 'demo_trades_total'", 1);
        await AssertDaemonsAsync(collector.Sqlite);
        await AssertExchangesAsync(collector.Sqlite);
        await AssertStrategiesAsync(collector.Sqlite);
        await AssertFaultsAsync(collector.Sqlite);

        MetricsText page = await collector.MetricsAsync();
        Assert.Equal(0, page.Count("collector_ledger_remainder"));
    }

    [Fact]
    public async Task Documentation_NamesEveryFault()
    {
        string text = await File.ReadAllTextAsync(RepositoryRoot.Combine("docs", "demo.md"));

        Assert.All(global::Demo.Faults.FaultKind.All, kind => Assert.Contains($"| `{kind.Name}` |", text, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    private static async Task AssertDaemonsAsync(SqliteRows rows)
    {
        await HasAsync(rows, "SELECT DISTINCT daemon FROM daemon_metrics WHERE running = 1", 2);
        // Those of an exchange as a whole have no symbol, and are 12 more.
        await HasAsync(rows, "SELECT DISTINCT exchange, symbol, data_type FROM pipeline_metrics WHERE symbol <> ''", 24);
        await HasAsync(rows, "SELECT DISTINCT exchange FROM pipeline_metrics WHERE data_type = 'oi' AND symbol <> '' AND records_count > 0 AND bytes_written = 24 * records_count AND latency_ms > 0", 4);
        await HasAsync(rows, "SELECT DISTINCT exchange, symbol, data_type FROM storage_usage WHERE dataset = 'catalog' AND data_type <> 'liquidation' AND bytes > 200 AND files = 1", 16);
    }

    private static async Task AssertExchangesAsync(SqliteRows rows)
    {
        await HasAsync(rows, "SELECT DISTINCT exchange FROM exchange_status WHERE state = 'connected' AND message_count > 0 AND latency_ms > 10", 4);
        // Hyperliquid tells no time, so that nobody can tell its delay.
        await HasAsync(rows, "SELECT DISTINCT exchange FROM exchange_status WHERE feed_delay_ms > 5 AND clock_error_ms IS NOT NULL AND exchange <> 'hyperliquid'", 3);
        Assert.Empty(rows.Query("SELECT exchange FROM exchange_status WHERE feed_delay_ms IS NOT NULL AND exchange = 'hyperliquid'"));
        await HasAsync(rows, "SELECT DISTINCT exchange FROM exchange_status WHERE rate_limit_used > 0", 1);
    }

    private static async Task AssertStrategiesAsync(SqliteRows rows)
    {
        await HasAsync(rows, "SELECT DISTINCT strategy FROM trading_metrics WHERE state = 'live' AND pnl IS NOT NULL", 4);
        // One tells its drawdown, of one it is worked out, of one it cannot be; one pushes it.
        await HasAsync(rows, "SELECT DISTINCT strategy FROM trading_metrics WHERE drawdown_pct IS NOT NULL AND equity IS NOT NULL", 3);
        Assert.Empty(rows.Query("SELECT strategy FROM trading_metrics WHERE strategy = 'basis-btc' AND drawdown_pct IS NOT NULL"));
    }

    /// <summary>All at once, so that the test need not wait for each in turn.</summary>
    private async Task AssertFaultsAsync(SqliteRows rows)
    {
        string[] faults = ["exchange-disconnect?name=okx", "pipeline-gap?name=binance", "strategy-vanish?name=maker-eth", "daemon-down?name=liquidation-streamer"];
        foreach (string fault in faults)
        {
            using HttpResponseMessage begun = await _http.PostAsync(At($"faults/{fault}"), null);
            begun.EnsureSuccessStatusCode();
        }

        await HasAsync(rows, "SELECT DISTINCT exchange FROM exchange_status WHERE exchange = 'okx' AND state = 'disconnected' AND downtime_seconds > 0", 1);
        await HasAsync(rows, "SELECT DISTINCT daemon FROM daemon_metrics WHERE daemon = 'liquidation-streamer' AND state = 'unreachable'", 1);
        await HasAsync(rows, "SELECT DISTINCT symbol FROM data_gaps WHERE env = 'demo' AND exchange = 'binance' AND symbol <> '' AND data_type = 'oi' AND state = 'open' AND gap_id LIKE 'pipeline/oi-fetcher%'", 2);
        await HasAsync(rows, "SELECT DISTINCT strategy FROM trading_metrics WHERE strategy = 'maker-eth' AND state = 'stale'", 1);

        foreach (string fault in faults)
        {
            using HttpResponseMessage ended = await _http.DeleteAsync(At($"faults/{fault}"));
            ended.EnsureSuccessStatusCode();
        }

        await HasAsync(rows, "SELECT DISTINCT exchange FROM exchange_status WHERE exchange = 'okx' AND state = 'connected' AND reconnect_count > 0", 1);
        await HasAsync(rows, "SELECT DISTINCT daemon FROM daemon_metrics WHERE daemon = 'liquidation-streamer' AND state = 'running' AND restart_count > 0", 1);
        await HasAsync(rows, "SELECT DISTINCT symbol FROM data_gaps WHERE exchange = 'binance' AND symbol <> '' AND data_type = 'oi' AND state = 'closed' AND missing_records > 0", 2);
        await HasAsync(
            rows,
            "SELECT DISTINCT strategy FROM trading_metrics WHERE strategy = 'maker-eth' AND state = 'live' AND timestamp > (SELECT max(timestamp) FROM trading_metrics WHERE strategy = 'maker-eth' AND state = 'stale')",
            1);
        Assert.Empty(rows.Query("SELECT exchange FROM exchange_status WHERE state = 'disconnected' AND exchange <> 'okx'"));
        Assert.Empty(rows.Query("SELECT daemon FROM daemon_metrics WHERE state = 'unreachable' AND daemon <> 'liquidation-streamer'"));
    }

    private static Task<List<object?[]>> HasAsync(SqliteRows rows, string sql, int count) => rows.QueryUntilAsync(sql, found => found.Count == count);

    private Uri At(string path) => new($"http://127.0.0.1:{_port}/{path}");
}
