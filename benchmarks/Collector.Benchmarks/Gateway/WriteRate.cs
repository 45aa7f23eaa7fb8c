using System.Diagnostics;
using System.Globalization;
using Collector.Benchmarks.Lines;

namespace Collector.Benchmarks.Gateway;

/// <summary>
/// Rows a second that a bare client reaches, to the gateway and to the database, in turns within one run. The client sends
/// bytes made beforehand over its connections and counts a request once it is answered by 204.
/// </summary>
internal static class WriteRate
{
    private const int RowsARequest = 10 * TradeRows.Count;
    private const int Turns = 5;

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(5);

    /// <param name="targets">Addresses: the database first, which is what the others are compared with.</param>
    public static async Task RunAsync(IReadOnlyList<string> targets, int connections, TextWriter output)
    {
        byte[] body = [.. Enumerable.Repeat(GatewayProcessorTime.Binary(), RowsARequest / TradeRows.Count).SelectMany(rows => rows)];
        var best = new double[targets.Count];
        for (int turn = 0; turn < Turns; turn++)
        {
            for (int i = 0; i < targets.Count; i++)
            {
                best[i] = Math.Max(best[i], await MeasureAsync(new Uri(targets[i]), body, connections));
            }
        }

        output.WriteLine("| target | rows/s, the best of its turns | of the first |");
        output.WriteLine("|---|---|---|");
        for (int i = 0; i < targets.Count; i++)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {targets[i]} | {best[i]:0} | {best[i] / best[0]:0.00} |"));
        }
    }

    private static async Task<double> MeasureAsync(Uri target, byte[] body, int connections)
    {
        using var client = new HttpClient { BaseAddress = target };
        long began = Stopwatch.GetTimestamp();
        int[] sent = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => SendAsync(client, body, began)));
        return sent.Sum() * (double)RowsARequest / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static async Task<int> SendAsync(HttpClient client, byte[] body, long began)
    {
        int sent = 0;
        while (Stopwatch.GetElapsedTime(began) < Turn)
        {
            using var content = new ByteArrayContent(body);
            using HttpResponseMessage answer = await client.PostAsync(new Uri("/write", UriKind.Relative), content);
            if (answer.StatusCode != System.Net.HttpStatusCode.NoContent)
            {
                throw new InvalidOperationException($"{client.BaseAddress} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
            }

            sent++;
        }

        return sent;
    }
}
