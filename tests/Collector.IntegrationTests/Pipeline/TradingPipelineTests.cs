using System.Net;
using System.Text;
using System.Text.Json;
using Collector.IntegrationTests.Support;
using Microsoft.AspNetCore.Http;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>Strategies from their page, or from their own lines, to the real database.</summary>
public sealed class TradingPipelineTests(OwnQuestDb database) : IClassFixture<OwnQuestDb>
{
    private const string Columns = "strategy, symbol, venue, host, env, state, pnl, equity, drawdown_pct, fill_rate, orders_placed_delta";

    [SkippableFact]
    public async Task Run_StrategiesThatComeAndGo_AreLiveThenStaleThenRetired()
    {
        QuestDbServer server = await database.RunningAsync();
        string body = """{"mm": {"symbol": "BTC", "venue": "okx", "pnl": 1.5, "equity": 200, "orders_placed": 10, "orders_filled": 4}, "carry": {"pnl": 2}}""";
        await using LocalServer page = await LocalServer.StartAsync(context => context.Response.WriteAsync(body));
        await using var collector = new CollectorProcess(
            CollectorProcess.QuestDb(server.Url),
            $"""
            sources:
              trading:
                - name: desk
                  url: {page.Url}
                  interval: 200ms
                  stale_after: 1s
                - name: pushed
                  push: true
                  interval: 200ms
                  stale_after: 3s
            """);
        await collector.StartReadyAsync();

        await LatestAsync(server, "mm", "mm BTC okx here demo live 1.5 200.0 0.0 0.4 0");
        body = """{"mm": {"symbol": "BTC", "venue": "okx", "pnl": -48.5, "equity": 150, "orders_placed": 20, "orders_filled": 5}, "carry": {"pnl": 2}}""";
        await server.ExecUntilAsync(
            "SELECT drawdown_pct, fill_rate, orders_placed_delta, orders_filled_delta FROM trading_metrics WHERE strategy = 'mm' AND orders_placed_delta > 0",
            answer => answer.Rows.Count == 1 && Shown(answer.Rows[0]) == "25.0 0.25 10 1", CollectorProcess.Soon);
        body = """{"mm": {"symbol": "BTC", "venue": "okx", "pnl": -48.5, "equity": 150, "orders_placed": 20, "orders_filled": 5}}""";
        await LatestAsync(server, "carry", "carry   here demo stale null null null null null");

        await PushAsync(collector, "trading_metrics,strategy=bot,symbol=ETH,venue=dydx,host=bot-1,env=demo,state=live pnl=7.5,drawdown_pct=3.0,orders_placed=5i");
        await LatestAsync(server, "bot' AND state = 'live", "bot ETH dydx bot-1 demo live 7.5 null 3.0 null null");
        await PushAsync(collector, "trading_metrics,strategy=bot,symbol=ETH,venue=dydx,host=bot-1,env=demo,state=live pnl=7.5,drawdown_pct=3.0,orders_placed=9i");
        await LatestAsync(server, "bot' AND state = 'live", "bot ETH dydx bot-1 demo live 7.5 null 3.0 null 4");
        await LatestAsync(server, "bot", "bot ETH dydx bot-1 demo stale null null null null null");
        await PushAsync(collector, "trading_metrics,strategy=bot,symbol=ETH,venue=dydx,host=bot-1,env=demo,state=retired pnl=7.5");
        await LatestAsync(server, "bot", "bot ETH dydx bot-1 demo retired 7.5 null null null null");

        // A restart keeps the peak; what the configuration no longer names is retired.
        Assert.Equal(0, (await collector.EndAsync(UnixSignal.Terminate)).Code);
        body = """{"mm": {"symbol": "BTC", "venue": "okx", "equity": 100}}""";
        await collector.StartReadyAsync();
        await LatestAsync(server, "mm", "mm BTC okx here demo live null 100.0 50.0 null null");
        Assert.Equal(0, (await collector.EndAsync(UnixSignal.Terminate)).Code);
        string config = await File.ReadAllTextAsync(collector.ConfigFile);
        await File.WriteAllTextAsync(collector.ConfigFile, config[..config.IndexOf("sources:", StringComparison.Ordinal)] + "sources:\n  host:\n    - interval: 500ms\n");
        await collector.StartReadyAsync();
        await LatestAsync(server, "mm", "mm BTC okx here demo retired null null null null null");
        await LatestAsync(server, "carry", "carry   here demo retired null null null null null");
    }

    /// <param name="strategy">Its name, and more conditions if need be.</param>
    private static Task<QuestDbAnswer> LatestAsync(QuestDbServer server, string strategy, string row) => server.ExecUntilAsync(
        $"SELECT {Columns} FROM trading_metrics WHERE strategy = '{strategy}' LATEST ON timestamp PARTITION BY strategy, symbol, venue, host, env",
        answer => answer.Rows.Count == 1 && Shown(answer.Rows[0]) == row, CollectorProcess.Soon);

    private static string Shown(JsonElement row) =>
        string.Join(' ', row.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()));

    private static async Task PushAsync(CollectorProcess collector, string line)
    {
        using var http = new HttpClient();
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(line + "\n"));
        using HttpResponseMessage answer = await http.PostAsync(new Uri($"http://127.0.0.1:{collector.GatewayPort}/write"), body);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.False(answer.Headers.Contains("X-Quarantined"));
    }
}
