using System.Diagnostics;
using Collector.Benchmarks.Lines;
using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.Gateway;

/// <summary>
/// Rows a second that a client reaches, to the gateway and straight to the database, in turns within one run. The client sends
/// bytes made beforehand over its connections and counts a request once it is answered by 204.
/// </summary>
internal sealed class WriteRate(QuestDbServer server, GatewayProcess gateway, TimeSpan turn)
{
    private const int Connections = 2;
    private const int RowsARequest = 10 * TradeRows.Count;
    private const int Turns = 3;

    private readonly byte[] _body = [.. Enumerable.Repeat(GatewayProcessorTime.Binary(), RowsARequest / TradeRows.Count).SelectMany(rows => rows)];

    public async Task RunAsync(Report report)
    {
        await SendAsync(gateway.Url); // the collector makes the table, and each of the three compiles what it needs
        await gateway.UntilDeliveredAsync();
        await SendAsync(server.Url);
        double direct = 0, answered = 0, delivered = 0;
        for (int i = 0; i < Turns; i++)
        {
            direct = Math.Max(direct, (await SendAsync(server.Url)).Rate);
            (long rows, double rate, long began) = await SendAsync(gateway.Url);
            await gateway.UntilDeliveredAsync();
            answered = Math.Max(answered, rate);
            delivered = Math.Max(delivered, rows / Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        report.Add(new Finding("rows/s answered by 204", $"{answered:n0} ({answered / direct:0.00} of direct)", $"straight to QuestDB {direct:n0}"));
        report.Add(new Finding("rows/s until QuestDB has taken them", $"{delivered:n0} ({delivered / direct:0.00} of direct)", $"straight to QuestDB {direct:n0}"));
        report.Say($"{Connections} connections, requests of {RowsARequest:n0} rows, the same bytes to either, {Turns} turns of {turn.TotalSeconds:0} s each, the best of them. Client, collector and QuestDB share the cores. The gateway's 204 says that the rows are in the spool (`spool.fsync: interval`), QuestDB's that they are in its log.");
    }

    private async Task<(long Rows, double Rate, long Began)> SendAsync(Uri target)
    {
        using var client = new HttpClient { BaseAddress = target };
        long began = Stopwatch.GetTimestamp();
        int[] sent = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => SendAsync(client, began))));
        long rows = sent.Sum() * (long)RowsARequest;
        return (rows, rows / Stopwatch.GetElapsedTime(began).TotalSeconds, began);
    }

    private async Task<int> SendAsync(HttpClient client, long began)
    {
        int sent = 0;
        for (; Stopwatch.GetElapsedTime(began) < turn; sent++)
        {
            using var content = new ByteArrayContent(_body);
            using HttpResponseMessage answer = await client.PostAsync(new Uri("/write", UriKind.Relative), content);
            if (answer.StatusCode != System.Net.HttpStatusCode.NoContent || answer.Headers.Contains("X-Quarantined"))
            {
                throw new InvalidOperationException($"{client.BaseAddress} answered {answer}: {await answer.Content.ReadAsStringAsync()}");
            }
        }

        return sent;
    }
}
