using Collector.IntegrationTests.Support;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using StoreOptions = Collector.Stores.QuestDb.QuestDbOptions;

namespace Collector.IntegrationTests.Grafana.Alerts;

/// <summary>A QuestDB with the shipped tables, a day's rows, and the rows of all cases, asked as Grafana's plugin asks.</summary>
public sealed class AlertDatabase : IAsyncLifetime
{
    public const string Collection = "alerts' QuestDB";
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);
    private QuestDbServer? _server;
    private NpgsqlDataSource? _wire;

    /// <summary>The moment of the question: the rows of the cases are dated before it.</summary>
    internal DateTimeOffset Now { get; private set; }

    internal NpgsqlDataSource Wire
    {
        get
        {
            Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
            return _wire!;
        }
    }

    public async Task InitializeAsync()
    {
        if (!QuestDb.OwnAvailable(out _))
        {
            return;
        }

        _server = await QuestDbServer.StartAsync();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        _wire = OperationDatabase.Connect(_server.PgPort);
        await using var store = new QuestDbStore(new StoreOptions { Url = _server.Url }, TimeProvider.System, NullLogger<QuestDbStore>.Instance);
        foreach (Table table in OperationDatabase.ShippedTables())
        {
            Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
            await FillAsync(store, table);
        }
    }

    public async Task DisposeAsync()
    {
        if (_wire is not null)
        {
            await _wire.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task FillAsync(QuestDbStore store, Table table)
    {
        long written = 0;
        foreach (OperationRows block in new AlertRows(new OperationRows(table, TimeProvider.System), Now).Blocks())
        {
            Assert.Equal(Outcome.Accepted.Instance, await store.WriteAsync(new Batch(table, block.Lines, block.Count), default));
            written += block.Count;
        }

        await _server!.ExecUntilAsync($"SELECT count() FROM {table}", answer => answer.Rows[0][0].GetInt64() == written, Soon);
    }
}

/// <summary>Ties the classes of the collection to the one fixture.</summary>
[CollectionDefinition(AlertDatabase.Collection)]
public sealed class AlertDatabaseDefinition : ICollectionFixture<AlertDatabase>;
