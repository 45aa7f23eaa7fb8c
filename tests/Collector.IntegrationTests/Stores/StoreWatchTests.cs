using System.Diagnostics.Metrics;
using System.Text;
using Collector.IntegrationTests.Support;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;
using Microsoft.Extensions.Logging.Abstractions;
using QuestDbOptions = Collector.Stores.QuestDb.QuestDbOptions;

namespace Collector.IntegrationTests.Stores;

/// <summary>The audit and the clock, against a server of the test's own.</summary>
public sealed class StoreWatchTests
{
    private static readonly Table Table =
        SchemaReader.Read("t.sql", "CREATE TABLE t (ts TIMESTAMP, k SYMBOL, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, k)", [])!;

    [SkippableFact]
    public async Task LookAsync_RowsDeliveredDoubledDeletedAndForeign_AuditTellsWhatItCan()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using QuestDbServer server = await QuestDbServer.StartAsync();
        await using var store = new QuestDbStore(new QuestDbOptions { Url = server.Url }, TimeProvider.System, NullLogger<QuestDbStore>.Instance);
        using var meter = new Meter("watch");
        using var connection = new StoreConnection(store, new DeliveryOptions(), new DeliveryMetrics(meter, TimeProvider.System), TimeProvider.System, NullLogger<StoreConnection>.Instance);
        using var watch = new StoreWatch(store, connection, new TableCatalog([Table]), TimeProvider.System, NullLogger<StoreWatch>.Instance);

        await WriteAsync(connection, 1, 3);
        await ToldAsync(watch, 0);
        Assert.InRange(watch.Latest!.ClockSkew!.Value, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
        Assert.False(watch.Latest.IsReadOnly);
        Assert.Equal("ok", watch.State);

        await WriteAsync(connection, 4, 1000);
        await WriteAsync(connection, 4, 1000);
        await UntilAsync(watch, seen => seen is { Rows: 1003, DedupRows: 1000, PendingRows: 0, LagTransactions: 0 });
        await watch.LookAsync(default);
        await watch.LookAsync(default);
        Assert.Equal(0, Assert.Single(watch.Differences).Rows);

        await server.ExecAsync("TRUNCATE TABLE t");
        await ToldAsync(watch, -1003);
        await WriteAsync(connection, 5000, 7);
        await UntilAsync(watch, seen => seen is { Rows: 7, PendingRows: 0, LagTransactions: 0 });
        await watch.LookAsync(default);
        await watch.LookAsync(default);
        Assert.Equal(-1003, Assert.Single(watch.Differences).Rows);

        await server.ExecAsync("INSERT INTO t VALUES ('2026-01-01T00:00:00Z', 'x', 1)");
        await ToldAsync(watch, null);
        await ToldAsync(watch, 0);

        await server.StopAsync();
        await watch.LookAsync(default);
        Assert.Null(watch.Latest);
        Assert.Empty(watch.Differences);
        Assert.InRange(watch.Failures, 1, long.MaxValue);
        await server.StartAgainAsync();
        await ToldAsync(watch, null);
        await ToldAsync(watch, 0);
    }

    [SkippableFact]
    public async Task LookAsync_ReadOnlyServer_IsToldAsReadOnly()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        await using QuestDbServer server = await QuestDbServer.StartAsync(new Collector.IntegrationTests.Support.QuestDbOptions { Settings = settings });
        await server.StopAsync();
        settings["QDB_READONLY"] = "true"; // not for a first start, which has to make the folder
        await server.StartAgainAsync();
        await using var store = new QuestDbStore(new QuestDbOptions { Url = server.Url }, TimeProvider.System, NullLogger<QuestDbStore>.Instance);
        using var meter = new Meter("watch");
        using var connection = new StoreConnection(store, new DeliveryOptions(), new DeliveryMetrics(meter, TimeProvider.System), TimeProvider.System, NullLogger<StoreConnection>.Instance);
        using var watch = new StoreWatch(store, connection, new TableCatalog([Table]), TimeProvider.System, NullLogger<StoreWatch>.Instance);

        await watch.LookAsync(default);

        Assert.Equal((true, "read_only"), (watch.Latest?.IsReadOnly, watch.State));
    }

    private static async Task WriteAsync(StoreConnection connection, int first, int rows)
    {
        string lines = string.Concat(Enumerable.Range(first, rows).Select(n => $"t,k=a n={n}i {1_700_000_000_000_000_000 + (n * 1_000_000L)}\n"));
        Assert.Equal(Outcome.Accepted.Instance, await connection.WriteAsync(new Batch(Table, Encoding.UTF8.GetBytes(lines), rows), isBacklog: false, default));
    }

    /// <summary>Looks until the audit tells the difference; null where it is to tell none.</summary>
    private static Task ToldAsync(StoreWatch watch, long? difference) =>
        UntilAsync(watch, _ => watch.Differences.Select(told => (long?)told.Rows).SingleOrDefault() == difference);

    private static async Task UntilAsync(StoreWatch watch, Func<TableLook, bool> enough)
    {
        long began = TimeProvider.System.GetTimestamp();
        do
        {
            await watch.LookAsync(default);
            if (watch.Latest?.Tables.GetValueOrDefault("t") is { } seen && enough(seen))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30));

        Assert.Fail($"the audit told {string.Join(", ", watch.Differences)}; {watch.Latest?.Tables.GetValueOrDefault("t")}");
    }
}
