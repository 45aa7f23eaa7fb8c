using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Faults;

/// <summary>A disk that has no room left, from a reading on and from a start on.</summary>
public sealed class DiskFullTests
{
    private const string Spool = "spool:\n  min_free_bytes: 0\n  segment_bytes: 64KiB\n  max_bytes: 4MiB";

    [SkippableFact]
    public async Task Append_DiskFull_IsRefusedUntilThereIsRoomAndLosesNothingAcknowledged()
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(database, daemon);
        using var disk = SmallDisk.Mount(collector.DataFolder);
        database.Rule = (_, _) => WriteFaults.Status(503);
        await collector.StartLiveAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") >= 5);

        disk.Fill();
        MetricsText full = await collector.MetricsUntilAsync(page =>
            page.OfDaemon("collector_rows_refused_total") >= 3 && page.Count("source_errors_total", "source=\"daemon/", "reason=\"spool\"") >= 3);
        Assert.Equal(200, (await collector.GetAsync("health/live")).Status);
        Assert.Contains("\"parts\"", (await collector.GetAsync("health")).Text, StringComparison.Ordinal);
        Assert.Contains("Append to the spool of daemon_metrics failed", collector.Output, StringComparison.Ordinal);

        disk.MakeRoom();
        long before = full.OfDaemon("collector_rows_accepted_total");
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") >= before + 5);
        database.Rule = (_, _) => null;
        await AssertAcknowledgedAsync(database, daemon, collector, 0);
    }

    [SkippableFact]
    public async Task Start_DiskFullAfterAKill_DeliversWhatIsThere()
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(database, daemon);
        using var disk = SmallDisk.Mount(collector.DataFolder);
        database.Rule = (_, _) => WriteFaults.Status(503);
        await collector.StartLiveAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") >= 5);
        disk.Fill();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_refused_total") >= 2);
        await daemon.HoldAsync();
        long answers = daemon.Answers;
        MetricsText last = await collector.MetricsUntilAsync(page => page.OfDaemon("source_rows_total") + page.OfDaemon("collector_rows_refused_total") == answers);
        long acknowledged = last.OfDaemon("collector_rows_accepted_total");
        await collector.EndAsync(UnixSignal.Kill);
        disk.Fill();

        await collector.StartLiveAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_recovered_total") == acknowledged);
        database.Rule = (_, _) => null;
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_delivered_total") >= acknowledged);
        disk.MakeRoom();
        daemon.Continue();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") >= 3);
        await AssertAcknowledgedAsync(database, daemon, collector, acknowledged);
    }

    private static CollectorProcess Collector(FaultyDatabase database, CountingDaemon daemon) =>
        new(CollectorProcess.QuestDb(database.Url), CollectorProcess.Daemon(daemon.Page), Spool);

    /// <summary>As many readings are stored as were acknowledged, and none twice.</summary>
    /// <param name="acknowledgedBefore">By a collector that is no more.</param>
    private static async Task AssertAcknowledgedAsync(FaultyDatabase database, CountingDaemon daemon, CollectorProcess collector, long acknowledgedBefore)
    {
        await daemon.HoldAsync();
        long answers = daemon.Answers;
        MetricsText books = await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_pending") == 0 && page.OfDaemon("source_readings_total") > 0
            && database.Numbers() is [.., var newest] && newest == answers);

        int[] numbers = database.Numbers();
        Assert.Equal(numbers.Distinct().Order(), numbers);
        Assert.Equal(acknowledgedBefore + books.OfDaemon("collector_rows_accepted_total"), numbers.Length);
        Assert.Equal(0, books.Count("collector_rows_dropped_total"));
        Assert.Equal(0, books.Count("collector_rows_quarantined_total"));
        Assert.Equal(0, books.Count("collector_ledger_remainder"));
        Assert.DoesNotContain("please report it", collector.Output, StringComparison.Ordinal);
    }
}
