using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Sources;

/// <summary>A real daemon is killed and started again under the eyes of the collector.</summary>
public sealed class DaemonRestartTests
{
    private const string Rows =
        "SELECT state, running, restart_count, downtime_seconds, memory_bytes, fetch_count, fetch_count_delta, thread_count FROM daemon_metrics WHERE daemon = 'oi-fetcher' ORDER BY timestamp";

    [Fact]
    public async Task Kill_AndStartAgain_IsADowntimeThatGrowsAndARestart()
    {
        int port = FreePort.Next();
        var status = new Uri($"http://127.0.0.1:{port}/status");
        await using var collector = new CollectorProcess(CollectorProcess.Daemon(status));
        await using (ChildProcess demo = await StartAsync(status))
        {
            await collector.StartReadyAsync();
            List<object?[]> before = await collector.Sqlite.QueryUntilAsync(Rows, rows => rows.Count(row => row[6] is not null) >= 2);
            Assert.All(before, row => Assert.Equal<object?>(["running", 1L, 0L, null], row[..4]));
            Assert.All(before, row => Assert.True((long)row[4]! > 1 << 20 && (long)row[7]! > 1)); // told by the operating system
            demo.Signal(UnixSignal.Kill);
            await demo.WaitForExitAsync(CollectorProcess.Soon);
            await collector.Sqlite.QueryUntilAsync(Rows, rows => rows.Count(row => row[0] is "unreachable") >= 3);
        }

        await using ChildProcess again = await StartAsync(status);
        List<object?[]> rows = await collector.Sqlite.QueryUntilAsync(Rows, rows => rows.Count(row => row[0] is "running" && row[2] is 1L && row[6] is not null) >= 2);

        object?[][] away = [.. rows.Where(row => row[0] is "unreachable")];
        Assert.All(away, row => Assert.Equal<object?>([0L, null, null, null, null, null], [row[1], row[2], .. row[4..]]));
        double[] downtimes = [.. away.Select(row => (double)row[3]!)];
        Assert.Equal(downtimes.Order().Distinct(), downtimes);
        Assert.True(downtimes[0] > 0);

        // Running, unreachable, running: each once, and the second time one restart later.
        string[] states = [.. rows.Select(row => $"{row[0]} {row[2]}")];
        Assert.Equal(["running 0", "unreachable ", "running 1"], states.Where((state, i) => i == 0 || state != states[i - 1]));
        Assert.DoesNotContain(rows, row => row[6] is < 0L);
        Assert.Equal([1L], collector.Sqlite.Numbers("SELECT sum(restart_count_delta) FROM daemon_metrics"));
    }

    private static async Task<ChildProcess> StartAsync(Uri status)
    {
        var demo = ChildProcess.StartProgram("demo", "demo", ["--port", $"{status.Port}", "--speed", "3600"]);
        await demo.WaitForHttpAsync(status, CollectorProcess.Soon);
        return demo;
    }
}
