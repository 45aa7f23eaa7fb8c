using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Sources;

/// <summary>A series that the configuration no longer names leaves with one last row.</summary>
public sealed class RetiredTests
{
    private const string Host = "sources:\n  host:\n    - interval: 500ms\n";

    [Fact]
    public async Task Restart_DaemonsNoLongerNamed_AreRetiredOnce()
    {
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using var collector = new CollectorProcess();
        string head = await File.ReadAllTextAsync(collector.ConfigFile);
        string Both(string more) => $"{head}sources:\n  daemon:\n    - {{name: stays, url: {daemon.Page}, interval: 200ms{more}}}\n";

        // Two daemons, of which the second is never there; then one; then one of another environment; then the kind is gone.
        await RunAsync(collector, Both("") + $"    - {{name: goes, url: 'http://127.0.0.1:{FreePort.Next()}/', interval: 200ms}}\n", 2);
        Assert.Empty(Retired(collector));
        await RunAsync(collector, Both(""), 1);
        Assert.Equal(["goes here demo 0"], Retired(collector));
        await RunAsync(collector, Both(", env: staging"), 1);
        Assert.Equal(["goes here demo 0", "stays here demo 0"], Retired(collector));
        await RunAsync(collector, head + Host, 0);
        await RunAsync(collector, head + Host, 0);
        Assert.Equal(["goes here demo 0", "stays here demo 0", "stays here staging 0"], Retired(collector));

        // The last row of each, and nothing in it but that it does not run.
        Assert.Equal([3L], collector.Sqlite.Numbers(
            "SELECT count(*) FROM daemon_metrics d WHERE state = 'retired' AND fetch_count IS NULL AND uptime_seconds IS NULL AND downtime_seconds IS NULL AND timestamp = "
            + "(SELECT max(timestamp) FROM daemon_metrics m WHERE m.daemon = d.daemon AND m.env = d.env)"));

        // Named again, it is watched again, and can be retired again.
        await RunAsync(collector, Both(""), 1);
        await RunAsync(collector, head + Host, 0);
        Assert.Equal(4, Retired(collector).Count());
    }

    private static IEnumerable<string> Retired(CollectorProcess collector) => collector.Sqlite
        .Query("SELECT daemon, host, env, running FROM daemon_metrics WHERE state = 'retired' ORDER BY timestamp, daemon")
        .Select(row => string.Join(' ', row));

    /// <summary>Runs the collector with a configuration until its daemons were read, and checks that /metrics shows those and no other.</summary>
    private static async Task RunAsync(CollectorProcess collector, string config, int daemons)
    {
        await File.WriteAllTextAsync(collector.ConfigFile, config);
        await collector.StartReadyAsync();
        MetricsText page = await collector.MetricsUntilAsync(page => Count(page) >= daemons);
        Assert.Equal(daemons, Count(page));
        Assert.Equal(0, (await collector.EndAsync(UnixSignal.Terminate)).Code);

        static int Count(MetricsText page) => page.Text.Split('\n').Count(line => line.StartsWith("daemon_running{", StringComparison.Ordinal));
    }
}
