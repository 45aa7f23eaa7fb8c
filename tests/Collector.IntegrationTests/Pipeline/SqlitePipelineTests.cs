using System.Globalization;
using System.Text.Json;
using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>From a daemon's answer to a row of the embedded store.</summary>
public sealed class SqlitePipelineTests
{
    private const string Numbers = "SELECT fetch_count FROM daemon_metrics WHERE fetch_count IS NOT NULL ORDER BY timestamp";

    [SkippableFact]
    public async Task Run_DemoAndThisMachine_FillTablesMetricsAndHealth()
    {
        int port = FreePort.Next();
        var status = new Uri($"http://127.0.0.1:{port}/status");
        await using var demo = ChildProcess.StartProgram("demo", "demo", ["--port", $"{port}", "--speed", "3600"]);
        await demo.WaitForHttpAsync(status, CollectorProcess.Soon);
        await using var collector = new CollectorProcess(CollectorProcess.Daemon(status), "  host:\n    - interval: 500ms");
        using var http = new HttpClient();

        JsonElement before = await ReadAsync(http, status);
        await collector.StartReadyAsync();
        await collector.Sqlite.QueryUntilAsync("SELECT env FROM host_metrics", rows => rows.Count >= 2);
        await collector.Sqlite.QueryUntilAsync(Numbers, rows => rows.Count >= 5);
        List<object?[]> rows = collector.Sqlite.Query(
            "SELECT env, daemon, host, state, running, fetch_count, error_count, liquidation_count, uptime_seconds, memory_bytes, last_fetch_at, timestamp FROM daemon_metrics ORDER BY timestamp");
        JsonElement after = await ReadAsync(http, status);

        Assert.All(collector.Sqlite.Query("SELECT env FROM host_metrics"), row => Assert.Equal("demo", row[0]));
        Assert.All(rows, row => Assert.Equal<object?>(["demo", "oi-fetcher", "here", "running", 1L], row[..5]));
        AssertBetween(before, after, "fetch_count", rows, 5);
        AssertBetween(before, after, "error_count", rows, 6);
        AssertBetween(before, after, "liquidation_count", rows, 7);
        AssertBetween(before, after, "uptime_seconds", rows, 8);
        Assert.All(rows, row => Assert.InRange((long)row[9]!, 1, long.MaxValue));
        Assert.All(rows, row => Assert.InRange((long)row[10]!, 1, (long)row[11]!));
        Assert.Equal([0L], collector.Sqlite.Numbers("SELECT sum(fetch_count_delta) - max(fetch_count) + min(fetch_count) FROM daemon_metrics"));

        Assert.Equal((200, "live\n"), await collector.GetAsync("health/live"));
        Assert.Equal((200, "sources: ready\nspool: ready\nstore: ready\n"), await collector.GetAsync("health/ready"));
        MetricsText page = await collector.MetricsAsync();
        Assert.InRange(
            page.Count("daemon_fetches_total", "daemon=\"oi-fetcher\"", "env=\"demo\"", "host=\"here\""),
            Number(before, "fetch_count"), Number(await ReadAsync(http, status), "fetch_count"));
        Assert.Equal(1, page.Count("source_up", "source=\"daemon/oi-fetcher\""));
        Assert.Equal(1, page.Count("collector_store_up"));
        Assert.Equal(0, page.Count("collector_ledger_remainder"));

        Skip.IfNot(ShellScripts.Has("promtool"), "promtool is not installed");
        await AssertLintedAsync(page);
    }

    [SkippableFact]
    public async Task Gateway_WithoutAnySource_IsInTheDatabaseAndOnThePage()
    {
        await using var collector = new CollectorProcess();
        using var http = new HttpClient();
        await collector.StartReadyAsync();

        using var lines = new StringContent("pushed,symbol=ETH price=1.5\npushed price=oops\n");
        using HttpResponseMessage answer = await http.PostAsync(new Uri($"http://127.0.0.1:{collector.GatewayPort}/write"), lines);

        Assert.Equal(System.Net.HttpStatusCode.NoContent, answer.StatusCode);
        await collector.Sqlite.QueryUntilAsync("SELECT symbol, price FROM pushed", rows => rows.Count == 1);
        MetricsText page = await collector.MetricsUntilAsync(
            shown => shown.Count("collector_gateway_request_duration_seconds_count") == 1 && shown.Count("collector_rows_pending", "table=\"pushed\"") == 0);
        Assert.Equal(1, page.Count("collector_gateway_requests_total", "code=\"204\""));
        Assert.Equal(1, page.Count("collector_gateway_lines_accepted_total"));
        Assert.Equal(1, page.Count("collector_gateway_lines_quarantined_total"));
        Assert.Equal(1, page.Count("collector_gateway_tables"));
        Assert.Equal(0, page.Count("collector_ledger_remainder"));

        Skip.IfNot(ShellScripts.Has("promtool"), "promtool is not installed");
        await AssertLintedAsync(page);
    }

    [Theory]
    [InlineData(UnixSignal.Terminate)]
    [InlineData(UnixSignal.Interrupt)]
    public async Task Stop_BySignal_DeliversAllAndGoesOnAfterwards(UnixSignal signal)
    {
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using var collector = new CollectorProcess(CollectorProcess.Daemon(daemon.Page));
        await collector.StartReadyAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") >= 3);
        await daemon.HoldAsync();
        long answers = daemon.Answers;
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") == answers);

        (int code, TimeSpan took) = await collector.EndAsync(signal);

        Assert.Equal(0, code);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Contains("Stopped", collector.Output, StringComparison.Ordinal);
        AssertCountedOff(collector, answers);

        await daemon.LeftAsync();
        daemon.Continue();
        await collector.StartReadyAsync();
        MetricsText again = await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_delivered_total") >= 2);
        Assert.Equal(0, again.OfDaemon("collector_rows_recovered_total"));
        await daemon.HoldAsync();
        await collector.Sqlite.QueryUntilAsync(Numbers, rows => rows.Count == daemon.Answers);
        AssertCountedOff(collector, daemon.Answers);
    }

    [Fact]
    public async Task Kill_BetweenReadings_LosesAndDoublesNothing()
    {
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using var collector = new CollectorProcess(CollectorProcess.Daemon(daemon.Page), "delivery:\n  linger: 10s");
        await collector.StartReadyAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") >= 3);
        await daemon.HoldAsync();
        long acknowledged = daemon.Answers;
        await collector.MetricsUntilAsync(page => page.OfDaemon("source_readings_total") == acknowledged && page.OfDaemon("collector_rows_pending") == acknowledged);

        await collector.EndAsync(UnixSignal.Kill);
        await daemon.LeftAsync();
        daemon.Continue();
        await collector.StartReadyAsync();

        MetricsText next = await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") >= 2);
        Assert.Equal(acknowledged, next.OfDaemon("collector_rows_recovered_total"));
        await daemon.HoldAsync();
        await collector.EndAsync(UnixSignal.Terminate);
        AssertCountedOff(collector, daemon.Answers);
    }

    [Fact]
    public async Task Kill_RowKeptAndLocalStateNotYet_CountsTheIncreaseOnce()
    {
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using var collector = new CollectorProcess(CollectorProcess.Daemon(daemon.Page), "delivery:\n  linger: 10s");
        await collector.StartReadyAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") >= 3);
        await daemon.HoldAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("source_readings_total") == daemon.Answers);

        // The state file is locked: the next row reaches the spool, and its baseline nothing.
        using (new SqliteRows(Path.Combine(collector.DataFolder, "state.db")).Lock())
        {
            long before = daemon.Answers;
            daemon.Continue();
            await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") == before + 1);
            await collector.EndAsync(UnixSignal.Kill);
        }

        await collector.StartReadyAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") >= 2);
        await daemon.HoldAsync();
        await collector.EndAsync(UnixSignal.Terminate);
        AssertCountedOff(collector, daemon.Answers);
    }

    /// <summary>Every answer is there once, and the increases make up the count.</summary>
    private static void AssertCountedOff(CollectorProcess collector, long answers)
    {
        Assert.Equal(Enumerable.Range(1, (int)answers).Select(number => (long)number), collector.Sqlite.Numbers(Numbers));
        Assert.Equal([answers - 1], collector.Sqlite.Numbers("SELECT sum(fetch_count_delta) FROM daemon_metrics"));
    }

    private static void AssertBetween(JsonElement before, JsonElement after, string field, List<object?[]> rows, int column)
    {
        double[] values = [before.GetProperty(field).GetDouble(), .. rows.Select(row => Convert.ToDouble(row[column], CultureInfo.InvariantCulture)), after.GetProperty(field).GetDouble()];
        Assert.Equal(values.Order(), values);
    }

    private static async Task AssertLintedAsync(MetricsText page)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Combine("metrics.txt");
        await File.WriteAllTextAsync(file, page.Text);
        await using ChildProcess lint = await ChildProcess.RunAsync("/bin/sh", ["-c", $"promtool check metrics < '{file}'"], CollectorProcess.Soon);
        Assert.True(lint.ExitCode == 0 && lint.Output.Length == 0, $"{lint.Output}\n{page.Text}");
    }

    private static long Number(JsonElement report, string field) => report.GetProperty(field).GetInt64();

    private static async Task<JsonElement> ReadAsync(HttpClient http, Uri page) =>
        JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync(page));
}
