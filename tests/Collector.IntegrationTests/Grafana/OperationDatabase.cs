using Collector.IntegrationTests.Support;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using StoreOptions = Collector.Stores.QuestDb.QuestDbOptions;

namespace Collector.IntegrationTests.Grafana;

/// <summary>A QuestDB of these tests' own, with the shipped tables and the rows of an <see cref="Operation"/>.</summary>
public sealed class OperationDatabase : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);
    private QuestDbServer? _server;
    private NpgsqlDataSource? _wire;

    /// <summary>The newest rows are of this moment.</summary>
    internal DateTimeOffset End { get; private set; }

    public async Task InitializeAsync()
    {
        if (!QuestDb.OwnAvailable(out _))
        {
            return;
        }

        _server = await QuestDbServer.StartAsync();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        End = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute));
        await FillAsync(_server.Url, End);
        _wire = Connect(_server.PgPort);
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

    internal async Task<NpgsqlConnection> ConnectAsync()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        return await _wire!.OpenConnectionAsync();
    }

    /// <summary>QuestDB knows no types of PostgreSQL's catalog, so none are looked up.</summary>
    internal static NpgsqlDataSource Connect(int port) => NpgsqlDataSource.Create(
        $"Host=127.0.0.1;Port={port};Username=admin;Password=quest;Database=qdb;Server Compatibility Mode=NoTypeLoading;Timeout=30;Command Timeout=60");

    internal static IReadOnlyCollection<Table> ShippedTables()
    {
        var faults = new List<SchemaFault>();
        var catalog = TableCatalog.Load(RepositoryRoot.Combine("schemas"), faults);
        Assert.Empty(faults);
        return catalog;
    }

    /// <summary>Makes the shipped tables as the collector does, and fills them up to <paramref name="end"/>.</summary>
    internal static async Task FillAsync(Uri url, DateTimeOffset end)
    {
        IReadOnlyCollection<Table> tables = ShippedTables();
        await using var store = new QuestDbStore(new StoreOptions { Url = url }, TimeProvider.System, NullLogger<QuestDbStore>.Instance);
        foreach (Table table in tables)
        {
            Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        }

        var written = tables.ToDictionary(table => table.Name, _ => 0L, StringComparer.Ordinal);
        foreach (OperationRows block in new Operation(tables, TimeProvider.System, end).Blocks())
        {
            Assert.Equal(Outcome.Accepted.Instance, await store.WriteAsync(new Batch(block.Table, block.Lines, block.Count), default));
            written[block.Table.Name] += block.Count;
        }

        using var client = new Collector.IntegrationTests.Support.QuestDbClient(url);
        foreach ((string table, long rows) in written)
        {
            await client.ExecUntilAsync($"SELECT count() FROM {table}", answer => answer.Rows[0][0].GetInt64() == rows, Soon);
        }

        // They would be filled within a minute.
        foreach (View view in tables.SelectMany(table => table.Views))
        {
            await client.ExecAsync($"REFRESH MATERIALIZED VIEW {view.Name} FULL");
            await client.ExecUntilAsync(
                $"SELECT view_status FROM materialized_views() WHERE view_name = '{view.Name}' AND refresh_base_table_txn = base_table_txn AND view_status = 'valid'",
                answer => answer.Rows.Count == 1, Soon);
            await client.ExecUntilAsync($"SELECT count() FROM {view.Name}", answer => answer.Rows[0][0].GetInt64() > 0, Soon);
        }
    }
}
