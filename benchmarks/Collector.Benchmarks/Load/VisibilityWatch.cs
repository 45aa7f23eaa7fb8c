using System.Text.Json;
using Collector.Benchmarks.Support;

namespace Collector.Benchmarks.Load;

/// <summary>One look at the newest row that a query finds, in microseconds since 1970: when, and of when the row is.</summary>
internal readonly record struct Look(long At, long Newest);

/// <summary>
/// Asks QuestDB every 20 ms for the time of the newest row it shows. A row becomes visible with the first look whose newest
/// row is not older; so each figure is too large by up to 20 ms and a query.
/// </summary>
internal sealed class VisibilityWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly QuestDbServer _server;
    private readonly List<Look> _looks = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _looking;

    public VisibilityWatch(QuestDbServer server)
    {
        _server = server;
        _looking = Task.Run(LookAsync);
    }

    public static long NowMicros => (long)(DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMicroseconds;

    /// <summary>
    /// Milliseconds from writing to visible of rows written since then, at these shares of all rows: their times, in steps of
    /// 5 ms, each held against the look that first showed it. Rows must become visible in their order.
    /// </summary>
    public double[] Percentiles(long sinceMicros, params ReadOnlySpan<double> shares)
    {
        const long Step = 5_000;
        var latencies = new List<double>();
        long before = 0;
        foreach (Look look in Looks(sinceMicros))
        {
            for (long row = Math.Max(before, sinceMicros) + Step; before > 0 && row <= look.Newest; row += Step)
            {
                latencies.Add((look.At - row) / 1000.0);
            }

            before = Math.Max(before, look.Newest);
        }

        latencies.Sort();
        double[] found = new double[shares.Length];
        for (int i = 0; i < shares.Length; i++)
        {
            found[i] = latencies.Count == 0 ? double.NaN : latencies[(int)Math.Min(latencies.Count - 1, shares[i] * latencies.Count)];
        }

        return found;
    }

    /// <summary>Greatest age of the newest visible row between two times, in milliseconds, from the first look on that shows a row written after the first.</summary>
    public double WorstAge(long fromMicros, long untilMicros) => Looks(fromMicros)
        .Where(look => look.At <= untilMicros).SkipWhile(look => look.Newest < fromMicros)
        .Select(look => (look.At - look.Newest) / 1000.0).DefaultIfEmpty(double.NaN).Max();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _looking;
        _stopping.Dispose();
    }

    private List<Look> Looks(long sinceMicros)
    {
        lock (_looks)
        {
            return [.. _looks.Where(look => look.At >= sinceMicros)];
        }
    }

    private async Task LookAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                JsonElement rows = await _server.ExecAsync("SELECT cast(timestamp AS long) FROM trades LIMIT -1");
                lock (_looks)
                {
                    if (rows.GetArrayLength() > 0)
                    {
                        _looks.Add(new Look(NowMicros, rows[0][0].GetInt64()));
                    }
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or InvalidOperationException or TaskCanceledException)
            {
                // The server is stopped, or there is no table yet.
            }

            await Task.Delay(Pause);
        }
    }
}
