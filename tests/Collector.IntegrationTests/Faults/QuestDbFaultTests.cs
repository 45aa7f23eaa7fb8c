using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Faults;

/// <summary>A real QuestDB that refuses: read-only, with another password, with another column.</summary>
public sealed class QuestDbFaultTests
{
    private static readonly TimeSpan Soon = CollectorProcess.Soon;

    [SkippableFact]
    public async Task Deliver_RefusedInManyWays_KeepsEachRowUntilItIsTaken()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        await using QuestDbServer server = await QuestDbServer.StartAsync(new QuestDbOptions { Username = "collector", Password = "right", Settings = settings });
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using var collector = new CollectorProcess(
            CollectorProcess.QuestDb(server.Url), CollectorProcess.Daemon(daemon.Page), "  host:\n    - interval: 500ms");
        collector.Environment["COLLECTOR__STORE__QUESTDB__USERNAME"] = "collector";
        collector.Environment["COLLECTOR__STORE__QUESTDB__PASSWORD"] = "wrong";

        // The wrong password, mended by a start with the right one.
        await collector.StartLiveAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_pending") >= 3);
        await collector.WaitForLineAsync("refused authentication");
        Assert.Contains("refused authentication", (await collector.GetAsync("health/ready")).Text, StringComparison.Ordinal);
        await daemon.HoldAsync();
        long kept = daemon.Answers;
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_pending") == kept);
        await collector.EndAsync(UnixSignal.Terminate);
        await daemon.LeftAsync();
        daemon.Continue();
        collector.Environment["COLLECTOR__STORE__QUESTDB__PASSWORD"] = "right";
        await collector.StartReadyAsync();
        await CountedOffAsync(server, daemon, collector);

        // A server that was started to be read only. All tables are made before: it is the rows that it refuses.
        await collector.WaitForLineAsync("Schema of trading_metrics: make the view");
        daemon.Continue();
        await server.StopAsync();
        settings["QDB_READONLY"] = "true";
        await server.StartAgainAsync();
        await collector.WaitForLineAsync("is read-only (HTTP 421)");
        Assert.Equal(503, (await collector.GetAsync("health/ready")).Status);
        await server.StopAsync();
        settings["QDB_READONLY"] = "false";
        await server.StartAgainAsync();
        await collector.WaitForHealthAsync(200);
        await CountedOffAsync(server, daemon, collector);

        // The column has another type in the database than in the schema file.
        await server.ExecAsync("ALTER TABLE daemon_metrics DROP COLUMN thread_count");
        await server.ExecAsync("ALTER TABLE daemon_metrics DROP COLUMN fetch_count");
        await server.ExecAsync("ALTER TABLE daemon_metrics ADD COLUMN fetch_count VARCHAR");
        daemon.Continue();
        string halted = await collector.WaitForLineAsync("Table daemon_metrics is halted, its rows are kept on disk: ");
        Assert.Contains("fetch_count", halted, StringComparison.Ordinal);
        MetricsText before = await collector.MetricsAsync();
        MetricsText meanwhile = await collector.MetricsUntilAsync(page => Hosts(page) >= Hosts(before) + 3 && page.OfDaemon("collector_rows_pending") >= 3);
        Assert.Equal(0, meanwhile.Count("collector_rows_quarantined_total"));
        Assert.Contains("table daemon_metrics is halted", (await collector.GetAsync("health/ready")).Text, StringComparison.Ordinal);
        await server.ExecAsync("ALTER TABLE daemon_metrics DROP COLUMN fetch_count");
        await server.ExecAsync("ALTER TABLE daemon_metrics ADD COLUMN fetch_count LONG");
        await collector.WaitForLineAsync("Table daemon_metrics is delivered again");
        await collector.WaitForHealthAsync(200);
        await daemon.HoldAsync();
        int[] numbers = await NumbersAsync(server, (int)daemon.Answers);

        // What was there before has lost its numbers with the column; from then on each is there once.
        Assert.Equal(Enumerable.Range(numbers[0], (int)daemon.Answers - numbers[0] + 1), numbers);
        Assert.InRange(numbers[0], 1, (int)daemon.Answers - 3);
        long rows = (await server.ExecAsync("SELECT count() FROM daemon_metrics")).Rows[0][0].GetInt64();
        Assert.Equal(daemon.Answers, rows);

        static long Hosts(MetricsText page) => page.Count("collector_rows_delivered_total", "table=\"host_metrics\"");
    }

    private static async Task CountedOffAsync(QuestDbServer server, CountingDaemon daemon, CollectorProcess collector)
    {
        await daemon.HoldAsync();
        int answers = (int)daemon.Answers;
        Assert.Equal(Enumerable.Range(1, answers), await NumbersAsync(server, answers));
        MetricsText books = await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_pending") == 0);
        Assert.Equal(0, books.Count("collector_ledger_remainder"));
        Assert.Equal(0, books.Count("collector_rows_quarantined_total"));
    }

    private static async Task<int[]> NumbersAsync(QuestDbServer server, int newest)
    {
        QuestDbAnswer answer = await server.ExecUntilAsync(
            "SELECT fetch_count FROM daemon_metrics WHERE fetch_count IS NOT NULL ORDER BY timestamp", rows => rows.Rows is [.., var last] && last[0].GetInt32() == newest, Soon);
        return [.. answer.Rows.Select(row => row[0].GetInt32())];
    }
}
