using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Spool;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.IntegrationTests.Faults;

/// <summary>A spool that reaches its limit while the database is away.</summary>
public sealed class SpoolLimitTests
{
    [Fact]
    public async Task Append_AtTheLimit_IsRefusedUntilTheDatabaseIsBack()
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(database, daemon, "refuse");
        int left = await LeaveAsync(collector);
        database.Rule = (_, _) => WriteFaults.Status(503);
        await collector.StartLiveAsync();

        MetricsText full = await collector.MetricsUntilAsync(page =>
            page.OfDaemon("collector_rows_refused_total") >= 3 && page.Count("source_errors_total", "source=\"daemon/", "reason=\"spool\"") >= 3);
        Assert.Contains("the spool is full (spool.max_bytes)", collector.Output, StringComparison.Ordinal);

        database.Rule = (_, _) => null;
        long before = full.OfDaemon("collector_rows_accepted_total");
        await collector.MetricsUntilAsync(page => page.OfDaemon("collector_rows_accepted_total") >= before + 3);
        MetricsText books = await EndAsync(database, daemon, collector);
        Assert.Equal(left, database.Numbers("before").Length);
        Assert.Equal(books.OfDaemon("collector_rows_accepted_total"), database.Numbers().Length);
        Assert.Equal(0, books.Count("collector_rows_dropped_total"));
    }

    [Fact]
    public async Task Append_AtTheLimitWithDropOldest_KeepsTheNewestAndCountsTheDropped()
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CountingDaemon daemon = await CountingDaemon.StartAsync();
        await using CollectorProcess collector = Collector(database, daemon, "drop_oldest");
        collector.Environment["COLLECTOR__DELIVERY__BATCH_ROWS"] = "50";
        collector.Environment["COLLECTOR__DELIVERY__BACKLOG_ROWS"] = "50";
        int left = await LeaveAsync(collector);
        database.Rule = (_, _) => WriteFaults.Status(503);
        await collector.StartLiveAsync();

        await collector.MetricsUntilAsync(page => page.Count("collector_rows_dropped_total", "table=\"daemon_metrics\"", "reason=\"oldest\"") >= 1
            && page.OfDaemon("collector_rows_accepted_total") >= 8);

        database.Rule = (_, _) => null;
        MetricsText books = await EndAsync(database, daemon, collector);
        Assert.Equal(0, books.OfDaemon("collector_rows_refused_total"));
        Assert.Equal(Enumerable.Range(1, (int)daemon.Answers), database.Numbers());
        int[] kept = database.Numbers("before");

        // Rows of a batch under way are not dropped: what counts as dropped is not there.
        Assert.Equal(left - kept.Length, books.OfDaemon("collector_rows_dropped_total"));
        Assert.Equal(kept.Distinct().Order(), kept);
        Assert.Equal(Enumerable.Range(left - 100, 100), kept.TakeLast(100));
    }

    private static CollectorProcess Collector(FaultyDatabase database, CountingDaemon daemon, string whenFull) => new(
        CollectorProcess.QuestDb(database.Url), CollectorProcess.Daemon(daemon.Page), $"spool:\n  min_free_bytes: 0\n  segment_bytes: 64KiB\n  max_bytes: 1MiB\n  when_full: {whenFull}");

    /// <summary>Leaves rows in the spool as a run before would have, until hardly one more fits.</summary>
    /// <returns>How many.</returns>
    private static async Task<int> LeaveAsync(CollectorProcess collector)
    {
        var options = new SpoolOptions { Directory = Path.Combine(collector.DataFolder, "spool"), MinFreeBytes = new(0), SegmentBytes = new(64 * 1024), MaxBytes = new(1024 * 1024) };
        using var spool = SpoolDirectory.Open(options, TimeProvider.System, NullLogger.Instance);
        Table table = TableCatalog.Load(RepositoryRoot.Combine("schemas"), []).Single(table => table.Name == "daemon_metrics");
        DateTimeOffset start = TimeProvider.System.GetUtcNow().AddHours(-1);
        var writer = new LineWriter(table, TimeProvider.System);
        for (int number = 0; ; number++)
        {
            writer.Begin("before", "here", "demo");
            writer.Set(table["running"], true);
            writer.Set(table["fetch_count"], (long)number);
            writer.Set(table["last_error"], new string('x', 2000));
            Assert.Null(writer.End(start.AddMilliseconds(number)));
            AppendResult result = await spool.Log(table.Name).AppendAsync(writer.Written, writer.Rows);
            writer.Clear();
            if (result.Status != AppendStatus.Appended)
            {
                return number;
            }
        }
    }

    private static async Task<MetricsText> EndAsync(FaultyDatabase database, CountingDaemon daemon, CollectorProcess collector)
    {
        await daemon.HoldAsync();
        long answers = daemon.Answers;
        MetricsText books = await collector.MetricsUntilAsync(
            page => page.OfDaemon("collector_rows_pending") == 0 && database.Numbers() is [.., var newest] && newest == answers);
        Assert.Equal(0, database.Rewritten);
        Assert.Equal(0, books.Count("collector_ledger_remainder"));
        Assert.Equal(0, books.Count("collector_rows_quarantined_total"));
        return books;
    }
}
