namespace Demo;

/// <summary>What there is to see and to do, told by <c>--help</c> and by the page <c>/</c>.</summary>
internal static class Guide
{
    public const string Purpose = "A small trading operation to watch, simulated in one process behind real sockets on 127.0.0.1.";

    public const string Text = """
        Pages:
          /daemons/oi-fetcher/status            fetches open interest and funding: 4 fetches at its start, 26 an hour
          /daemons/liquidation-streamer/status  is told liquidations
          /exchanges/NAME/ws, /exchanges/NAME/time   binance, bybit, okx, hyperliquid: trades over a WebSocket in the
                                                     dialect of each, and its clock (hyperliquid tells none)
          /strategies                           three strategies: PnL, position, orders, exposure
          /metrics                              the simulation itself, for Prometheus
          /faults                               what can go wrong, and what does

        Faults on request, until they are ended or for a time, everywhere or at one place:
          curl -X POST   'http://127.0.0.1:9470/faults/exchange-disconnect?name=binance&for=60s'
          curl -X POST    http://127.0.0.1:9470/faults/daemon-down
          curl -X DELETE  http://127.0.0.1:9470/faults/daemon-down
        """;
}
