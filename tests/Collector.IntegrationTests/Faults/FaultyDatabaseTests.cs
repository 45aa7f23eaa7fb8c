using System.Text.Json;
using Collector.IntegrationTests.Pipeline;

namespace Collector.IntegrationTests.Faults;

/// <summary>Whatever the database answers, each reading arrives once, and what happened is told.</summary>
public sealed class FaultyDatabaseTests
{
    [Theory]
    [InlineData(401, "halted", "refused authentication (HTTP 401)")]
    [InlineData(403, "halted", "refused authentication (HTTP 403)")]
    [InlineData(408, "retry", "HTTP 408")]
    [InlineData(421, "retry", "is read-only (HTTP 421)")]
    [InlineData(429, "retry", "HTTP 429")]
    [InlineData(500, "retry", "HTTP 500")]
    [InlineData(502, "retry", "HTTP 502")]
    [InlineData(503, "retry", "HTTP 503")]
    [InlineData(504, "retry", "HTTP 504")]
    public Task Deliver_StatusTwice_DeliversEachReadingOnce(int status, string outcome, string told) =>
        DeliverAsync(WriteFaults.Status(status, "try later"), outcome, told);

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Deliver_AuthenticationRefused_IsNotReadyUntilItIsTaken(int status)
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(database, daemon);
        database.Rule = (_, _) => WriteFaults.Status(status, "Unauthorized");

        await collector.StartLiveAsync();
        await collector.MetricsUntilAsync(page => page.Count("collector_store_requests_total", "outcome=\"halted\"") >= 2);
        await collector.WaitForHealthAsync(503); // an answer is counted a moment before its table waits
        (int ready, string text) = await collector.GetAsync("health/ready");
        Assert.Equal(503, ready);
        Assert.Contains($"refused authentication (HTTP {status}): check user, password or token", text, StringComparison.Ordinal);

        database.Rule = (_, _) => null;
        await AssertCountedOffAsync(database, daemon, collector);
    }

    [Theory]
    [InlineData(429, false)]
    [InlineData(503, false)]
    [InlineData(503, true)]
    public async Task Deliver_AskedToWait_LeavesItAloneForThatLongWithEveryTable(int status, bool asDate)
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(database, daemon, "  host:\n    - interval: 200ms");
        await collector.StartReadyAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_delivered_total") >= 1 && page.Count("collector_rows_delivered_total", "table=\"host_metrics\"") >= 1);

        int told = 0;
        long answered = 0;
        database.Rule = (_, _) => async (context, keep) =>
        {
            if (Interlocked.Increment(ref told) > 1)
            {
                await keep();
                return;
            }

            WriteFault wait = asDate ? WriteFaults.StatusUntil(status, TimeSpan.FromSeconds(3)) : WriteFaults.Status(status, "", "2");
            await wait(context, keep);
            Interlocked.Exchange(ref answered, TimeProvider.System.GetTimestamp());
        };
        await collector.MetricsUntilAsync(page => page.Count("collector_store_requests_total", "outcome=\"retry\"") == 1 && Volatile.Read(ref told) >= 3);

        // The date tells whole seconds. A request of another table may have been under way.
        (double least, double underWay) = (1.9, 0.3);
        Assert.DoesNotContain(
            database.Requests.Select(request => TimeProvider.System.GetElapsedTime(answered, request.At).TotalSeconds),
            seconds => seconds > underWay && seconds < least);
        await AssertCountedOffAsync(database, daemon, collector);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deliver_BadRow_IsSetAsideAndItsNeighboursArrive(bool named)
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(database, daemon);
        collector.Environment["COLLECTOR__DELIVERY__LINGER"] = "1s";
        database.NamesLines = named;
        database.BadRow = row => row.Table.Name == "daemon_metrics" && row.Has(row.Table["fetch_count"]) && row.Long(row.Table["fetch_count"]) == 5
            ? "Could not parse entire line, field value is invalid. Field: fetch_count; value: 5"
            : null;

        await collector.StartLiveAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_quarantined_total") == 1);
        MetricsText books = await AssertCountedOffAsync(database, daemon, collector, 5);

        Assert.Equal(1, books.OfDaemon("collector_rows_quarantined_total"));
        JsonElement kept = JsonSerializer.Deserialize<JsonElement>(
            Assert.Single(await File.ReadAllLinesAsync(Path.Combine(collector.DataFolder, "quarantine", "daemon_metrics.jsonl"))));
        Assert.Contains("field value is invalid", kept.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("7fc6b18e2d0e-1", kept.GetProperty("error_id").GetString());
        Assert.Contains("fetch_count=5i", kept.GetProperty("line").GetString(), StringComparison.Ordinal);
        Assert.Contains("A bad row of daemon_metrics is set aside", collector.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_ServerErrorOverOneRow_CostsThatRowWhileOtherTablesAreTaken()
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(database, daemon, "  host:\n    - interval: 200ms");
        collector.Environment["COLLECTOR__DELIVERY__LINGER"] = "1s";
        collector.Environment["COLLECTOR__DELIVERY__RETRY_MAX_DELAY"] = "500ms";
        database.RefusalStatus = 500;
        database.BadRow = row => row.Table.Name == "daemon_metrics" && row.Has(row.Table["fetch_count"]) && row.Long(row.Table["fetch_count"]) == 5 ? "array index out of bounds" : null;

        await collector.StartLiveAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_quarantined_total") == 1);
        await AssertCountedOffAsync(database, daemon, collector, 5);

        JsonElement kept = JsonSerializer.Deserialize<JsonElement>(
            Assert.Single(await File.ReadAllLinesAsync(Path.Combine(collector.DataFolder, "quarantine", "daemon_metrics.jsonl"))));
        Assert.Contains("while other tables were taken", kept.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Contains("fetch_count=5i", kept.GetProperty("line").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    public async Task Deliver_ProxyRefusesAllThatComes_SetsNoRowAside(int status)
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(database, daemon);
        collector.Environment["COLLECTOR__DELIVERY__HALTED_RETRY"] = "1s";
        database.Rule = (_, _) => WriteFaults.Status(status, "<html><body>refused by the proxy</body></html>");

        await collector.StartLiveAsync();
        await collector.WaitForLineAsync("Table daemon_metrics is halted");
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_pending") >= 20);
        MetricsText meanwhile = await collector.MetricsAsync();
        Assert.Equal(0, meanwhile.Count("collector_rows_quarantined_total"));
        (int ready, string text) = await collector.GetAsync("health/ready");
        Assert.Equal(503, ready);
        Assert.Contains("what stands in between", text, StringComparison.Ordinal);

        database.Rule = (_, _) => null;
        await AssertCountedOffAsync(database, daemon, collector);
    }

    [Fact]
    public async Task Deliver_BatchTooLarge_IsCutUntilItFits()
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(database, daemon);
        database.Rule = (_, _) => WriteFaults.Status(503);
        await collector.StartLiveAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_pending") >= 12);

        database.Rule = (table, bytes) => table == "daemon_metrics" && bytes > 600 ? WriteFaults.Status(413, "too large") : null;
        MetricsText books = await AssertCountedOffAsync(database, daemon, collector);

        Assert.True(books.Count("collector_store_requests_total", "outcome=\"rejected\"") >= 1, books.Text);
        Assert.Equal(0, books.Count("collector_rows_quarantined_total"));
    }

    [Fact]
    public async Task Deliver_OneTableRefused_KeepsItsRowsAndDeliversTheOthers()
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(database, daemon, "  host:\n    - interval: 200ms");
        string refusal = JsonSerializer.Serialize(new { code = "invalid", message = "table: daemon_metrics; cannot insert in non-WAL table", line = 1, errorId = "e-1" });
        database.Rule = (table, _) => table == "daemon_metrics" ? WriteFaults.Status(400, refusal) : null;

        await collector.StartLiveAsync();
        await collector.WaitForLineAsync("Table daemon_metrics is halted, its rows are kept on disk: ");
        MetricsText before = await collector.MetricsAsync();
        MetricsText meanwhile = await collector.MetricsUntilAsync(page => Hosts(page) >= Hosts(before) + 5 && page.OfDaemon("collector_rows_pending") >= 3);
        Assert.Equal(0, meanwhile.OfDaemon("collector_rows_delivered_total"));
        Assert.Equal(0, meanwhile.Count("collector_rows_quarantined_total"));
        (int status, string text) = await collector.GetAsync("health/ready");
        Assert.Equal(503, status);
        Assert.Contains("table daemon_metrics is halted", text, StringComparison.Ordinal);

        database.Rule = (_, _) => null;
        await AssertCountedOffAsync(database, daemon, collector);
        Assert.Contains("Table daemon_metrics is delivered again", collector.Output, StringComparison.Ordinal);

        static long Hosts(MetricsText page) => page.Count("collector_rows_delivered_total", "table=\"host_metrics\"");
    }

    internal static CollectorProcess Collector(FaultyDatabase database, CountingDaemon daemon, string moreSources = "", string timeout = "10s")
    {
        var collector = new CollectorProcess(CollectorProcess.QuestDb(database.Url), CollectorProcess.Daemon(daemon.Page), moreSources);
        collector.Environment["COLLECTOR__STORE__QUESTDB__REQUEST_TIMEOUT"] = timeout;
        return collector;
    }

    /// <summary>The first writes meet the fault twice; then everything is there once.</summary>
    internal static async Task DeliverAsync(WriteFault fault, string outcome, string? told, string timeout = "10s")
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(database, daemon, timeout: timeout);
        database.Next("daemon_metrics", fault, fault);

        await collector.StartLiveAsync();
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_delivered_total") >= 2);
        MetricsText books = await AssertCountedOffAsync(database, daemon, collector);

        Assert.InRange(books.Count("collector_store_requests_total", "table=\"daemon_metrics\"", $"outcome=\"{outcome}\""), 2, long.MaxValue);
        if (told is not null)
        {
            string line = await collector.WaitForLineAsync(told);
            Assert.Contains(outcome == "halted" ? "Table daemon_metrics is halted" : $"Nothing reaches QuestDB at {database.Url.GetLeftPart(UriPartial.Authority)}", line, StringComparison.Ordinal);
        }
    }

    /// <summary>Every answer of the daemon is stored once and as it was sent first, and the books are closed.</summary>
    /// <param name="bad">The number that is not to be there.</param>
    internal static async Task<MetricsText> AssertCountedOffAsync(FaultyDatabase database, CountingDaemon daemon, CollectorProcess collector, int bad = 0)
    {
        await daemon.HoldAsync();
        int answers = (int)daemon.Answers;
        MetricsText books = await collector.MetricsUntilAsync(
            page => page.OfDaemon("collector_rows_accepted_total") == answers && page.OfDaemon("collector_rows_pending") == 0);
        await collector.WaitForHealthAsync(200);

        Assert.Equal(Enumerable.Range(1, answers).Where(number => number != bad), database.Numbers());
        Assert.Equal(0, database.Rewritten);
        Assert.Equal(0, books.Count("collector_ledger_remainder"));
        Assert.Equal(0, books.Count("collector_rows_dropped_total"));
        return books;
    }
}

/// <summary>Requests that end without an answer, or with half of one.</summary>
public sealed class BrokenConnectionTests
{
    [Fact]
    public Task Deliver_ClosedWithoutAnAnswer_DeliversEachReadingOnce() => FaultyDatabaseTests.DeliverAsync(WriteFaults.Close, "unknown", "broke off");

    [Fact]
    public Task Deliver_AnswerLost_DeliversEachReadingOnce() => FaultyDatabaseTests.DeliverAsync(WriteFaults.KeepAndClose, "unknown", "broke off");

    [Fact]
    public Task Deliver_ClosedWithinTheAnswer_DeliversEachReadingOnce() => FaultyDatabaseTests.DeliverAsync(WriteFaults.KeepAndCloseWithin, "unknown", "broke off");

    [Fact]
    public Task Deliver_NoAnswer_DeliversEachReadingOnce() => FaultyDatabaseTests.DeliverAsync(WriteFaults.KeepAndHang, "unknown", "gave no answer within 1 s", "1s");

    [Fact]
    public Task Deliver_SlowAnswer_DeliversEachReadingOnce() => FaultyDatabaseTests.DeliverAsync(WriteFaults.Slowly(TimeSpan.FromMilliseconds(600)), "accepted", null);
}
