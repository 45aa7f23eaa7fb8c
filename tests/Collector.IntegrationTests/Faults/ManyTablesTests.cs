using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Spool;
using Microsoft.Extensions.Logging.Abstractions;

namespace Collector.IntegrationTests.Faults;

/// <summary>Rows of very many tables wait for a database that is away: memory does not grow with their number.</summary>
public sealed class ManyTablesTests
{
    private const int Tables = 200;
    private const int RowsOfEach = 90;
    private const int BytesOfARow = 16_000;

    /// <summary>Beside them are the collector's own.</summary>
    private const string Many = "table=\"many_";

    /// <summary>A busy machine has 280 MB to send and to take.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Deliver_ManyTablesWaitAndAHeapOf256MiB_DeliversAllOnceTheDatabaseIsBack()
    {
        using var schemas = new TemporaryFolder();
        foreach (string file in Directory.GetFiles(RepositoryRoot.Combine("schemas"), "*.sql"))
        {
            File.Copy(file, schemas.Combine(Path.GetFileName(file)));
        }

        for (int i = 0; i < Tables; i++)
        {
            await File.WriteAllTextAsync(
                schemas.Combine($"many_{i:D3}.sql"),
                $"CREATE TABLE many_{i:D3} (timestamp TIMESTAMP, k SYMBOL, note VARCHAR) TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(timestamp, k);");
        }

        await using FaultyDatabase database = await FaultyDatabase.StartAsync(schemas.Path, keepsRows: false);
        await using CollectorProcess collector = new(CollectorProcess.QuestDb(database.Url), "spool:\n  min_free_bytes: 0");
        await LeaveAsync(collector.DataFolder, TableCatalog.Load(schemas.Path, []));
        database.Rule = (_, _) => WriteFaults.Status(503);
        collector.Environment["COLLECTOR__SCHEMAS_DIR"] = schemas.Path;
        collector.Environment["DOTNET_GCHeapHardLimit"] = "0x10000000";

        await collector.StartLiveAsync();
        int asked = database.Requests.Count;
        await collector.MetricsUntilAsync(page => page.Count("collector_rows_recovered_total", Many) == Tables * RowsOfEach && database.Requests.Count > asked + 10, Long);
        database.Rule = (_, _) => null;
        MetricsText books = await collector.MetricsUntilAsync(page => page.Count("collector_rows_pending", Many) == 0, Long);

        Assert.Equal(Tables * RowsOfEach, books.Count("collector_rows_delivered_total", Many));
        Assert.Equal(0, books.Count("collector_ledger_remainder"));
        Assert.DoesNotContain("please report it", collector.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("OutOfMemory", collector.Output, StringComparison.Ordinal);
    }

    private static async Task LeaveAsync(string dataFolder, TableCatalog tables)
    {
        var options = new SpoolOptions { Directory = Path.Combine(dataFolder, "spool"), MinFreeBytes = new(0), Fsync = FsyncMode.Os };
        using var spool = SpoolDirectory.Open(options, TimeProvider.System, NullLogger.Instance);
        DateTimeOffset start = TimeProvider.System.GetUtcNow().AddHours(-1);
        string note = new('x', BytesOfARow);
        foreach (Table table in tables.Where(table => table.Name.StartsWith("many_", StringComparison.Ordinal)))
        {
            var writer = new LineWriter(table, TimeProvider.System);
            for (int i = 0; i < RowsOfEach; i++)
            {
                writer.Begin("a");
                writer.Set(table["note"], note);
                Assert.Null(writer.End(start.AddMilliseconds(i)));
            }

            Assert.Equal(AppendStatus.Appended, (await spool.Log(table.Name).AppendAsync(writer.Written, writer.Rows)).Status);
        }
    }
}
