using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Spool;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.IntegrationTests.Faults;

/// <summary>A sector of the spool's disk cannot be read any more: it costs what stood in it.</summary>
public sealed class UnreadableBlockTests
{
    private const int Rows = 150;

    /// <param name="isNewest">The newest segment is read through at the start; the others when their rows are delivered.</param>
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deliver_BlockOfASegmentUnreadable_LosesWhatIsInItAndSaysHowMuch(bool isNewest)
    {
        await using FaultyDatabase database = await FaultyDatabase.StartAsync();
        await using CollectorProcess collector = new(CollectorProcess.QuestDb(database.Url), "spool:\n  min_free_bytes: 0\n  segment_bytes: 64KiB");
        await LeaveAsync(collector.DataFolder);
        string[] segments = [.. Directory.GetFiles(Path.Combine(collector.DataFolder, "spool", "daemon_metrics"), "*.seg").Order(StringComparer.Ordinal)];
        Assert.True(segments.Length > 3);
        string file = isNewest ? segments[^1] : segments[1];
        foreach ((string name, string? value) in await UnreadableBlock.OfAsync(file, 8192, collector.DataFolder))
        {
            collector.Environment[name] = value;
        }

        await collector.StartReadyAsync();
        MetricsText books = await collector.MetricsUntilAsync(page =>
            page.Count("collector_rows_pending", "table=\"daemon_metrics\"") == 0 && page.Count("collector_rows_delivered_total", "table=\"daemon_metrics\"") > 0);

        long delivered = books.Count("collector_rows_delivered_total", "table=\"daemon_metrics\"");
        long dropped = books.Count("collector_rows_dropped_total", "table=\"daemon_metrics\"", "reason=\"corrupt\"");
        long unknown = books.Count("collector_spool_missing_records_total", "table=\"daemon_metrics\""); // records of one row
        Assert.Equal(Rows, delivered + dropped + unknown);
        Assert.InRange(dropped + unknown, 1, 4);
        Assert.Equal(0, books.Count("collector_ledger_remainder"));
        int[] stored = database.Numbers("before");
        Assert.Equal(delivered, stored.Length);
        Assert.Contains(0, stored);
        Assert.Contains(Rows - 1, stored);
        Assert.True(File.Exists(file + SegmentFormat.CorruptExtension));
        Assert.DoesNotContain("please report it", collector.Output, StringComparison.Ordinal);
    }

    /// <summary>Leaves records of one row each, as a run before would have.</summary>
    private static async Task LeaveAsync(string dataFolder)
    {
        var options = new SpoolOptions { Directory = Path.Combine(dataFolder, "spool"), MinFreeBytes = new(0), SegmentBytes = new(64 * 1024) };
        using var spool = SpoolDirectory.Open(options, TimeProvider.System, NullLogger.Instance);
        Table table = TableCatalog.Load(RepositoryRoot.Combine("schemas"), []).Single(table => table.Name == "daemon_metrics");
        DateTimeOffset start = TimeProvider.System.GetUtcNow().AddHours(-1);
        var writer = new LineWriter(table, TimeProvider.System);
        for (int number = 0; number < Rows; number++)
        {
            writer.Begin("before", "here", "demo");
            writer.Set(table["running"], true);
            writer.Set(table["fetch_count"], (long)number);
            writer.Set(table["last_error"], new string('x', 2000));
            Assert.Null(writer.End(start.AddMilliseconds(number)));
            Assert.Equal(AppendStatus.Appended, (await spool.Log(table.Name).AppendAsync(writer.Written, writer.Rows)).Status);
            writer.Clear();
        }
    }
}
