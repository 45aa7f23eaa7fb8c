using System.Net;
using System.Text;
using Collector.IntegrationTests.Pipeline;
using Demo.Exchanges;

namespace Collector.IntegrationTests.Page;

/// <summary>A small trading operation for the page to show: a daemon, this machine, a venue, and strategies that push what they do.</summary>
internal sealed class WatchedOperation : IAsyncDisposable
{
    private static readonly HttpClient Http = new();
    private static readonly string[] Strategies = ["momentum", "basis-carry", "market-maker"];

    private readonly CountingDaemon _daemon;
    private readonly VenueServer _venue;
    private readonly Random _random = new(7);
    private readonly double[] _profits = [1250, -310, 88];

    private WatchedOperation(CountingDaemon daemon, VenueServer venue)
    {
        (_daemon, _venue) = (daemon, venue);
        Collector = new CollectorProcess(
            CollectorProcess.Daemon(daemon.Page),
            "  host: {interval: 500ms, timeout: 30s}",
            $$"""
              exchange:
                - {name: okx, preset: okx, channels: [trades], symbols: [BTC-USDT], url: "{{venue.Url}}", ask_clock: false, interval: 500ms, timeout: 30s, stale_after: 30s}
            """,
            "status_interval: 1s",
            "page: {interval: 200ms}");
    }

    public CollectorProcess Collector { get; }

    public static async Task<WatchedOperation> StartAsync()
    {
        var operation = new WatchedOperation(await CountingDaemon.StartAsync(), await VenueServer.StartAsync(VenueDialects.Okx, TimeProvider.System));
        operation.Collector.Environment["COLLECTOR__NAME"] = "desk-1";
        await operation.Collector.StartReadyAsync();
        return operation;
    }

    /// <summary>Sends lines as a client does.</summary>
    public static async Task PushAsync(CollectorProcess collector, string lines)
    {
        using HttpResponseMessage answer = await Http.PostAsync($"http://127.0.0.1:{collector.GatewayPort}/write", new StringContent(lines, Encoding.UTF8));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <summary>Lets the strategies trade: a walk by chance, the same at each start.</summary>
    public async Task GoOnAsync(int rounds)
    {
        for (int round = 0; round < rounds; round++)
        {
            var lines = new StringBuilder();
            for (int i = 0; i < Strategies.Length; i++)
            {
                _profits[i] += (_random.NextDouble() - 0.47) * 40;
                lines.Append($"trading_metrics,strategy={Strategies[i]},host=here,env=demo {Fields(i, round)}\n");
            }

            await PushAsync(Collector, lines.ToString());
            await Task.WhenAll(_venue.Sessions.Select(session => session.TradeAsync()));
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Collector.DisposeAsync();
        await _venue.DisposeAsync();
        await _daemon.DisposeAsync();
    }

    private string Fields(int i, int round)
    {
        double size = Math.Round((_random.NextDouble() - 0.5) * 4, 2);
        int placed = 400 + (round * 3) + (i * 57);
        return FormattableString.Invariant(
            $"pnl={_profits[i]:0.00},unrealized_pnl={size * 41.5:0.00},equity={100_000 + _profits[i]:0.00},position_size={size},exposure={Math.Abs(size) * 61_250:0.00},orders_placed={placed}i,orders_filled={placed - 12}i,open_orders={_random.Next(1, 9)}i,state=\"live\"");
    }
}
