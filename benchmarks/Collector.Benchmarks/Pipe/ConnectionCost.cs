using Collector.Benchmarks.Lines;
using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.Pipe;

/// <summary>What it costs that each request has a connection of its own (decision 006).</summary>
internal static class ConnectionCost
{
    private const int Requests = 2_000;

    public static async Task TellAsync(QuestDbServer server, Report report, Arguments arguments)
    {
        int requests = (int)arguments.Number("requests", Requests);
        byte[] lines = Trades.Encode(requests);
        (Cost Client, TimeSpan Server) kept = await LeastAsync(true), own = await LeastAsync(false);
        double took = (own.Client.Wall - kept.Client.Wall).TotalMicroseconds / requests;
        double of = took * 1000 / 10_000;
        report.Add(new Finding(
            "a connection for each request, more than a kept one", $"{took:n0} µs a request ({of:n1} ns a row at 10,000 rows)", $"kept: {kept.Client.Wall.TotalMicroseconds / requests:n0} µs a request of one row"));
        report.Say($"Connections ({requests:n0} requests of one row, one after another, bare sockets): kept {Text(kept)}; one for each {Text(own)}.");

        string Text((Cost Client, TimeSpan Server) run) =>
            $"{run.Client.Wall.TotalMicroseconds / requests:n0} µs a request, of it processor time {run.Client.Cpu.TotalMicroseconds / requests:n0} µs here and {run.Server.TotalMicroseconds / requests:n0} µs in QuestDB";

        async Task<(Cost, TimeSpan)> LeastAsync(bool keepsAlive)
        {
            (Cost Client, TimeSpan Server) least = default;
            for (int round = 0; round < 3; round++)
            {
                TimeSpan before = server.Cpu;
                Cost cost = await new BareClient(server.Port, lines, requests, connections: 1, rowsARequest: 1, keepsAlive).RunAsync();
                least = round == 0 || cost.Wall < least.Client.Wall ? (cost, server.Cpu - before) : least;
            }

            await server.ExecAsync($"SELECT count() FROM {TradeRows.Table.Name}");
            return least;
        }
    }
}
