using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Collector.IntegrationTests.Support;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;
using Microsoft.Extensions.Logging.Abstractions;
using QuestDbOptions = Collector.Stores.QuestDb.QuestDbOptions;

namespace Collector.IntegrationTests.Stores;

/// <summary>A table that is delivered to, and looked at when the test says so. Its rows are numbered.</summary>
internal sealed class WatchedTable : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private static readonly long Begin = (DateTimeOffset.UtcNow.Date.AddDays(-1) - DateTime.UnixEpoch).Ticks * 100;

    private readonly QuestDbServer _server;
    private readonly QuestDbStore _store;
    private readonly Meter _meter = new("watched");
    private readonly StoreConnection _connection;
    private readonly StoreWatch _watch;

    public WatchedTable(QuestDbServer server, string timestamp = "timestamp")
    {
        _server = server;
        Table = SchemaReader.Read(
            "t.sql",
            $"CREATE TABLE {Name} ({timestamp} TIMESTAMP, k SYMBOL, side SYMBOL, n LONG, x DOUBLE, up BOOLEAN, at TIMESTAMP, note VARCHAR) TIMESTAMP({timestamp}) PARTITION BY DAY TTL 90 DAYS WAL DEDUP UPSERT KEYS({timestamp}, k, side)",
            [])!;
        _store = new QuestDbStore(new QuestDbOptions { Url = server.Url }, TimeProvider.System, NullLogger<QuestDbStore>.Instance);
        _connection = new StoreConnection(_store, new DeliveryOptions(), new DeliveryMetrics(_meter, TimeProvider.System), TimeProvider.System, NullLogger<StoreConnection>.Instance);
        _watch = new StoreWatch(_store, _connection, new TableCatalog([Table]), TimeProvider.System, NullLogger<StoreWatch>.Instance);
    }

    public string Name { get; } = SharedQuestDb.UniqueName("watched");

    public Table Table { get; }

    public Task LookAsync() => _watch.LookAsync(default);

    public async Task DeliverAsync(int first, int rows) => Assert.Equal(Outcome.Accepted.Instance, await TryAsync(first, rows));

    /// <summary>A row of the second half of a batch has values that the first half's lack.</summary>
    public Task<Outcome> TryAsync(int first, int rows)
    {
        var lines = new StringBuilder();
        for (int n = first; n < first + rows; n++)
        {
            lines.Append(CultureInfo.InvariantCulture, $"{Name},k=k{n % 3},side=buy n={n}i,x={n}.5,up=t{(n >= first + (rows / 2) ? ",at=1700000000000000t,note=\"ü\"" : "")} {Begin + (n * 1_000_000L)}\n");
        }

        return _connection.WriteAsync(new Batch(Table, Encoding.UTF8.GetBytes(lines.ToString()), rows), isBacklog: false, default);
    }

    /// <summary>Waits until the database shows what it was given and told.</summary>
    public Task AppliedAsync(string? table = null) => _server.ExecUntilAsync(
        $"SELECT writerTxn = sequencerTxn applied FROM wal_tables() WHERE name = '{table ?? Name}'", answer => answer.Rows is [var row] && row[0].GetBoolean(), Soon);

    /// <summary>Holds that the database shows these rows, each once.</summary>
    public async Task ShowsAsync(int first, int rows, string? table = null)
    {
        await AppliedAsync(table);
        QuestDbAnswer shown = await _server.ExecAsync($"SELECT n FROM \"{table ?? Name}\" ORDER BY n");
        Assert.Equal(Enumerable.Range(first, rows), shown.Rows.Select(row => row[0].GetInt32()));
    }

    /// <summary>Holds that the table is what its schema file says; what a statement changed shows a moment later.</summary>
    public async Task IsWholeAsync()
    {
        StorePlan plan = await _store.PlanAsync([Table], default);
        for (int i = 0; i < 300 && plan.Changes.Count > 0; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            plan = await _store.PlanAsync([Table], default);
        }

        Assert.Null(plan.Failure);
        Assert.Empty(plan.Changes);
    }

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        _connection.Dispose();
        _meter.Dispose();
        await _store.DisposeAsync();
    }
}
