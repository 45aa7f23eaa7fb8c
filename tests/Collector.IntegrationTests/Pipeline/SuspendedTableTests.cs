using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>A table that QuestDB suspends goes on answering 204 and shows nothing: the collector has to notice.</summary>
public sealed class SuspendedTableTests
{
    private const string Counted = "SELECT fetch_count FROM daemon_metrics WHERE fetch_count IS NOT NULL ORDER BY timestamp";

    [SkippableFact]
    public async Task Deliver_TableSuspendedAndResumed_PausesItAloneAndLosesAndDoublesNothing()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["QDB_DEV_MODE_ENABLED"] = "true" };
        await using QuestDbServer server = await QuestDbServer.StartAsync(new QuestDbOptions { Settings = settings });
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = new(Store(server.Url), CollectorProcess.Daemon(daemon.Page), "status_interval: 1s");
        await collector.StartReadyAsync();
        await collector.MetricsUntilAsync(page => page.Count("collector_rows_delivered_total", "daemon_metrics") >= 3);
        await daemon.HoldAsync(); // the audit wants a quiet moment
        MetricsText before = await collector.MetricsUntilAsync(page =>
            page.Find("collector_audit_difference_rows", "daemon_metrics") == 0 && page.Count("collector_write_to_visible_seconds_count") >= 2);
        Assert.Equal(0, before.Find("collector_database_suspended", "daemon_metrics"));
        Assert.Equal(0, before.Find("collector_database_read_only"));
        Assert.InRange(before.Find("collector_database_clock_skew_seconds")!.Value, -1, 1);
        Assert.InRange(before.Find("collector_write_to_visible_seconds_sum")!.Value / before.Count("collector_write_to_visible_seconds_count"), 0.0001, 5);

        daemon.Continue();
        await server.ExecAsync("ALTER TABLE daemon_metrics SUSPEND WAL WITH 28, 'no space left'");
        await collector.WaitForHealthAsync(503);
        string text = (await collector.GetAsync("health/ready")).Text;
        Assert.Contains("table daemon_metrics is suspended, noticed at 20", text, StringComparison.Ordinal);
        Assert.Contains("no space left", text, StringComparison.Ordinal);
        Assert.Contains("ALTER TABLE daemon_metrics RESUME WAL", text, StringComparison.Ordinal);
        MetricsText during = await collector.MetricsUntilAsync(page => page.Count("collector_rows_pending", "daemon_metrics") >= 10);
        Assert.Equal(1, during.Find("collector_database_suspended", "daemon_metrics"));
        await server.ExecUntilAsync("SELECT count() FROM collector_status WHERE database = 'suspended' AND NOT ready", answer => answer.Rows[0][0].GetInt64() >= 2, CollectorProcess.Soon);

        await server.ExecAsync("ALTER TABLE daemon_metrics RESUME WAL");
        await collector.WaitForHealthAsync(200);
        await daemon.HoldAsync();
        int answers = (int)daemon.Answers;
        QuestDbAnswer all = await server.ExecUntilAsync(Counted, answer => answer.Rows is [.., var last] && last[0].GetInt32() == answers, CollectorProcess.Soon);
        Assert.Equal(Enumerable.Range(1, answers), all.Rows.Select(row => row[0].GetInt32()));
        await collector.MetricsUntilAsync(page =>
            page.Find("collector_audit_difference_rows", "daemon_metrics") == 0 && page.Count("collector_rows_pending", "daemon_metrics") == 0);
        await server.ExecUntilAsync(
            "SELECT count() FROM collector_status WHERE database = 'ok' AND abs(clock_skew_seconds) < 1 AND write_to_visible_seconds > 0 AND write_to_visible_seconds < 10",
            answer => answer.Rows[0][0].GetInt64() >= 1,
            CollectorProcess.Soon);
    }

    /// <summary>A halted table would be tried again after an hour: only the watch can resume it.</summary>
    private static string Store(Uri url) =>
        $"""
        store:
          type: questdb
          questdb:
            url: {url}
            watch_interval: 1s
        delivery:
          halted_retry: 1h
        """;
}
