using Collector.IntegrationTests.Support;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;
using Microsoft.Extensions.Logging.Abstractions;
using QuestDbOptions = Collector.Stores.QuestDb.QuestDbOptions;

namespace Collector.IntegrationTests.Stores;

/// <summary>Materialized views, which come with their table and never stand in its way.</summary>
[Collection(SharedQuestDb.Collection)]
public sealed class QuestDbViewTests(SharedQuestDb database)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    private readonly string _name = SharedQuestDb.UniqueName("viewed");

    private string ViewName => $"{_name}_1h";

    [SkippableFact]
    public async Task PrepareAsync_TableWithAView_MakesItAndItAddsUpWhatTheTableHas()
    {
        await using QuestDbStore store = Open();
        Table table = Table($"SELECT ts, venue, sum(n_delta) AS n_delta FROM {_name} SAMPLE BY 1h");

        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        await database.Client.ExecAsync($"INSERT INTO {_name} SELECT cast(x * 60000000 AS TIMESTAMP), 'a', x, 1, 0.5 FROM long_sequence(300)");
        await database.Client.ExecUntilAsync($"SELECT count() FROM {_name}", answer => answer.Rows[0][0].GetInt64() == 300, Soon);
        await database.Client.ExecAsync($"REFRESH MATERIALIZED VIEW {ViewName} INCREMENTAL");

        await database.Client.ExecUntilAsync($"SELECT sum(n_delta), count() FROM {ViewName}", answer => answer.Rows[0].ToString() == "[300,6]", Soon);
        Assert.Empty((await store.PlanAsync([table], default)).Changes);
    }

    [SkippableFact]
    public async Task PrepareAsync_ViewThatAColumnsEndInvalidated_IsRefreshed()
    {
        await using QuestDbStore store = Open();
        Table table = Table($"SELECT ts, venue, sum(n_delta) AS n_delta FROM {_name} SAMPLE BY 1h");
        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        await database.Client.ExecAsync($"ALTER TABLE {_name} DROP COLUMN x");
        await database.Client.ExecUntilAsync($"SELECT view_status FROM materialized_views() WHERE view_name = '{ViewName}'", answer => answer.Rows[0][0].GetString() == "invalid", Soon);

        Assert.Contains($"refresh the view {ViewName}, which stands still", string.Join('\n', (await store.PlanAsync([table], default)).Changes), StringComparison.Ordinal);
        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));

        await database.Client.ExecUntilAsync($"SELECT view_status FROM materialized_views() WHERE view_name = '{ViewName}'", answer => answer.Rows[0][0].GetString() == "valid", Soon);
    }

    [SkippableFact]
    public async Task PrepareAsync_OtherTtlOfTheView_IsSet()
    {
        await using QuestDbStore store = Open();
        Table table = Table($"SELECT ts, venue, sum(n_delta) AS n_delta FROM {_name} SAMPLE BY 1h");
        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        await database.Client.ExecAsync($"ALTER MATERIALIZED VIEW {ViewName} SET TTL 2 WEEKS");
        await database.Client.ExecUntilAsync($"SELECT ttlValue FROM tables() WHERE table_name = '{ViewName}'", answer => answer.Rows[0][0].GetInt32() == 2, Soon);

        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));

        await database.Client.ExecUntilAsync($"SELECT ttlValue FROM tables() WHERE table_name = '{ViewName}'", answer => answer.Rows[0][0].GetInt32() == 53, Soon);
    }

    [SkippableFact]
    public async Task PrepareAsync_ViewThatTheDatabaseRefuses_DoesNotKeepTheTableFromRows()
    {
        await using QuestDbStore store = Open();
        Table table = Table($"SELECT ts, sum(no_such_column) AS n FROM {_name} SAMPLE BY 1h");

        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));

        Assert.Contains((await store.PlanAsync([table], default)).Changes, change => change.Kind == SchemaChangeKind.CreateView);
    }

    [SkippableFact]
    public async Task PlanAsync_ViewThatSelectsSomethingElse_IsTold()
    {
        await using QuestDbStore store = Open();
        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(Table($"SELECT ts, venue, max(n) AS n FROM {_name} SAMPLE BY 1h"), default));
        Table changed = Table($"SELECT ts, venue, sum(n_delta) AS n FROM {_name} SAMPLE BY 1h");

        SchemaChange change = Assert.Single((await store.PlanAsync([changed], default)).Changes);

        Assert.Equal(SchemaChangeKind.Note, change.Kind);
        Assert.Contains("selects something else than its file says", change.Description, StringComparison.Ordinal);
    }

    private Table Table(string query)
    {
        var faults = new List<SchemaFault>();
        Table table = SchemaReader.Read(
            "t.sql", $"CREATE TABLE {_name} (ts TIMESTAMP, venue SYMBOL, n LONG, n_delta LONG, x DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, venue)", faults)!;
        table.Views = [ViewReader.Read("v.sql", $"CREATE MATERIALIZED VIEW IF NOT EXISTS {ViewName} WITH BASE {_name} REFRESH EVERY 1h AS ({query}) PARTITION BY WEEK TTL 53 WEEKS", faults)!];
        Assert.Empty(faults);
        return table;
    }

    private QuestDbStore Open()
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);
        return new QuestDbStore(new QuestDbOptions { Url = database.Url }, TimeProvider.System, NullLogger<QuestDbStore>.Instance);
    }
}
