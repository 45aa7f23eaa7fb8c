using System.Text.Json;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>One QuestDB for the class, that its tests stop, freeze and start again; started by the first that runs.</summary>
public sealed class OwnQuestDb : IAsyncLifetime
{
    private QuestDbServer? _server;

    public async Task InitializeAsync()
    {
        if (QuestDb.OwnAvailable(out _))
        {
            _server = await QuestDbServer.StartAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    /// <summary>The server, running; skips the test where none can be had.</summary>
    public async Task<QuestDbServer> RunningAsync()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        if (!_server!.IsRunning)
        {
            await _server.StartAgainAsync();
        }

        return _server;
    }
}

/// <summary>From a daemon's answer to a row of QuestDB, whatever becomes of QuestDB and of the collector meanwhile.</summary>
public sealed class QuestDbPipelineTests(OwnQuestDb database) : IClassFixture<OwnQuestDb>
{
    private static readonly TimeSpan Soon = CollectorProcess.Soon;

    [SkippableFact]
    public async Task Run_EmptyDatabase_MakesTheTablesOfTheSchemaFiles()
    {
        QuestDbServer server = await database.RunningAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(server, daemon, "schema", "  host:\n    - interval: 500ms");
        await collector.StartReadyAsync();

        await server.ExecUntilAsync("SELECT count() FROM host_metrics WHERE env = 'demo' AND host = 'here'", answer => Count(answer) >= 2, Soon);
        await server.ExecUntilAsync(Counted("schema"), answer => answer.Rows.Count >= 2, Soon);

        QuestDbAnswer tables = await server.ExecAsync(
            "SELECT table_name, designatedTimestamp, partitionBy, walEnabled, dedup, ttlValue, ttlUnit FROM tables() WHERE table_name IN ('daemon_metrics', 'host_metrics') ORDER BY table_name");
        Assert.Equal(
            ["""["daemon_metrics","timestamp","DAY",true,true,90,"DAY"]""", """["host_metrics","timestamp","DAY",true,true,90,"DAY"]"""],
            tables.Rows.Select(row => JsonSerializer.Serialize(row)),
            StringComparer.Ordinal);
        QuestDbAnswer columns = await server.ExecAsync("SELECT \"column\", type, upsertKey FROM table_columns('daemon_metrics')");
        Assert.Equal(
            ["timestamp", "daemon", "host", "env"],
            columns.Rows.Where(row => row[2].GetBoolean()).Select(row => row[0].GetString()),
            StringComparer.Ordinal);
        Assert.Equal(23, columns.Rows.Count);

        // Those of sources that it does not have are asked by dashboards and alerts too.
        string[] files = [.. Directory.GetFiles(RepositoryRoot.Combine("schemas"), "*.sql").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!];
        await server.ExecUntilAsync(
            "SELECT table_name FROM tables() ORDER BY table_name",
            answer => files.All(file => answer.Rows.Any(row => row[0].GetString() == file)),
            Soon);
        await server.ExecUntilAsync("SELECT view_name FROM materialized_views()", answer => answer.Rows.Any(row => row[0].GetString() == "trading_metrics_1m"), Soon);
    }

    [SkippableFact]
    public async Task Deliver_DatabaseStoppedAndCollectorKilledMeanwhile_LosesAndDoublesNothing()
    {
        QuestDbServer server = await database.RunningAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(server, daemon, "outage");
        await collector.StartReadyAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_delivered_total") >= 5);

        await server.StopAsync();
        MetricsText last = await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_pending") >= 10);
        await collector.EndAsync(UnixSignal.Kill);
        long answeredAtKill = daemon.Answers;
        await collector.StartAsync();
        await collector.WaitForHealthAsync(503);
        MetricsText recovered = await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") >= 5);
        Assert.InRange(recovered.OfDaemon("collector_rows_recovered_total"), last.Count("collector_rows_pending"), answeredAtKill);

        await server.StartAgainAsync();
        await collector.WaitForHealthAsync(200);
        await AssertCountedOffAsync(server, daemon, collector, "outage", (last.OfDaemon("collector_rows_accepted_total") + 1, answeredAtKill));
    }

    [SkippableFact]
    public async Task Deliver_DatabaseFrozenDuringWrites_LosesAndDoublesNothing()
    {
        QuestDbServer server = await database.RunningAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(server, daemon, "frozen");
        await collector.StartReadyAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_delivered_total") >= 3);

        server.Pause();
        try
        {
            // The time-out of a request is 2 s; what it held may have been stored or not.
            await collector.MetricsUntilAsync(page => page.Count("collector_store_requests_total", "outcome=\"unknown\"") >= 1);
            Assert.Contains("store: QuestDB at", (await collector.GetAsync("health/ready")).Text, StringComparison.Ordinal);
        }
        finally
        {
            server.Resume();
        }

        await collector.WaitForHealthAsync(200);
        await AssertCountedOffAsync(server, daemon, collector, "frozen");
    }

    [SkippableFact]
    public async Task Start_DatabaseDown_KeepsRowsAndDeliversThemLater()
    {
        QuestDbServer server = await database.RunningAsync();
        await server.StopAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(server, daemon, "down");

        await collector.StartAsync();
        await collector.WaitForHealthAsync(503);
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_pending") >= 3);
        (int status, string text) = await collector.GetAsync("health/ready");
        Assert.Equal(503, status);
        Assert.Contains($"store: QuestDB at http://127.0.0.1:{server.HttpPort} cannot be reached", text, StringComparison.Ordinal);
        Assert.Equal(200, (await collector.GetAsync("health/live")).Status);

        await server.StartAgainAsync();
        await collector.WaitForHealthAsync(200);
        await AssertCountedOffAsync(server, daemon, collector, "down");
    }

    [SkippableFact]
    public async Task Deliver_TableDropped_MakesItAnew()
    {
        QuestDbServer server = await database.RunningAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(server, daemon, "dropped");
        await collector.StartReadyAsync();
        await server.ExecUntilAsync(Counted("dropped"), answer => answer.Rows.Count >= 3, Soon);

        // What was delivered before is gone; every row from then on has to be there.
        await daemon.HoldAsync();
        long gone = daemon.Answers;
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_delivered_total") == gone);
        await server.ExecAsync("DROP TABLE daemon_metrics");
        daemon.Continue();

        await server.ExecUntilAsync(Counted("dropped"), answer => answer.Rows.Count >= 3, Soon);
        await collector.WaitForHealthAsync(200);
        await daemon.HoldAsync();
        int answers = (int)daemon.Answers;
        await server.ExecUntilAsync(Counted("dropped"), answer => answer.Rows is [.., var last] && last[0].GetInt32() == answers, Soon);
        int[] found = [.. Numbers(await server.ExecAsync(Counted("dropped")))];
        Assert.Equal(Enumerable.Range((int)gone + 1, answers - (int)gone), found);
    }

    private static CollectorProcess Collector(QuestDbServer server, CountingDaemon daemon, string name, string moreSources = "") =>
        new(CollectorProcess.QuestDb(server.Url), CollectorProcess.Daemon(daemon.Page, name), moreSources);

    private static string Counted(string daemon) =>
        $"SELECT fetch_count FROM daemon_metrics WHERE daemon = '{daemon}' AND fetch_count IS NOT NULL ORDER BY timestamp";

    private static IEnumerable<int> Numbers(QuestDbAnswer answer) => answer.Rows.Select(row => row[0].GetInt32());

    private static long Count(QuestDbAnswer answer) => answer.Rows[0][0].GetInt64();

    /// <summary>
    /// Every answer is in the database once and in its place; only the one under way at a kill may be missing, and its
    /// number lies in <paramref name="underWay"/>.
    /// </summary>
    private static async Task AssertCountedOffAsync(
        QuestDbServer server, CountingDaemon daemon, CollectorProcess collector, string name, (long From, long To)? underWay = null)
    {
        await daemon.HoldAsync();
        int answers = (int)daemon.Answers;
        await server.ExecUntilAsync(Counted(name), answer => answer.Rows is [.., var last] && last[0].GetInt32() == answers, Soon);
        MetricsText books = await collector.MetricsUntilAsync(page => page.Count("collector_rows_pending") == 0);

        int[] found = [.. Numbers(await server.ExecAsync(Counted(name)))];

        int[] missing = [.. Enumerable.Range(1, answers).Except(found)];
        Assert.Equal(Enumerable.Range(1, answers).Except(missing), found);
        Assert.All(missing, number => Assert.InRange(number, underWay?.From ?? 0, underWay?.To ?? 0));
        Assert.InRange(missing.Length, 0, 1);
        Assert.Equal(0, books.Count("collector_ledger_remainder"));
        Assert.Equal(0, books.Count("collector_rows_dropped_total"));
        Assert.Equal(0, books.Count("collector_rows_quarantined_total"));
    }
}
