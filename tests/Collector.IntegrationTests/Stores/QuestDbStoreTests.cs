using System.Text;
using Collector.IntegrationTests.Support;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;
using Microsoft.Extensions.Logging.Abstractions;
using QuestDbClient = Collector.Stores.QuestDb.QuestDbClient;
using QuestDbOptions = Collector.Stores.QuestDb.QuestDbOptions;

namespace Collector.IntegrationTests.Stores;

[Collection(SharedQuestDb.Collection)]
public sealed class QuestDbStoreTests(SharedQuestDb database)
{
    private const string Columns = "ts TIMESTAMP, venue SYMBOL, side SYMBOL, n LONG, x DOUBLE";
    private const string Tail = "TIMESTAMP(ts) PARTITION BY DAY TTL 90 DAYS WAL DEDUP UPSERT KEYS(ts, venue, side)";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly string _name = SharedQuestDb.UniqueName("store");

    [SkippableFact]
    public async Task PrepareAsync_AllSchemaFiles_AreMadeAndThenLeftAlone()
    {
        await using QuestDbStore store = Open();
        var faults = new List<SchemaFault>();
        Table[] tables = [.. TableCatalog.Load(RepositoryRoot.Combine("schemas"), faults)];
        Assert.Empty(faults);

        foreach (Table table in tables.Concat(tables))
        {
            Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        }

        await NothingLeftAsync(tables);
    }

    [SkippableFact]
    public async Task PrepareAsync_NameThatWantsQuotes_IsMadeAndLeftAlone()
    {
        await using QuestDbStore store = Open();
        Table table = Read($"CREATE TABLE \"{_name} über\" (\"time stamp\" TIMESTAMP, \"select\" SYMBOL, \"a b\" LONG) TIMESTAMP(\"time stamp\") PARTITION BY DAY WAL DEDUP UPSERT KEYS(\"time stamp\", \"select\")");

        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));

        await NothingLeftAsync([table]);
        Assert.Equal(Outcome.Accepted.Instance, await WriteAsync(store, table, $"{_name}\\ über,select=x a\\ b=1i 1700000000000000000\n"));
    }

    [SkippableFact]
    public async Task PrepareAsync_OlderTable_IsMendedAndTakesRowsAtOnce()
    {
        await using QuestDbStore store = Open();
        Table table = Read($"CREATE TABLE {_name} ({Columns}) {Tail}");
        await ExecAsync($"CREATE TABLE {_name} (ts TIMESTAMP, venue SYMBOL, n LONG) TIMESTAMP(ts) PARTITION BY DAY TTL 30 DAYS WAL DEDUP UPSERT KEYS(ts, venue)");

        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        Assert.Equal(Outcome.Accepted.Instance, await WriteAsync(store, table, $"{_name},venue=a,side=b n=1i,x=2.5 1700000000000000000\n"));

        await database.Client.ExecUntilAsync($"SELECT * FROM {_name}", rows => rows.Rows.Count == 1 && rows.Columns.Contains("x", StringComparer.Ordinal), Soon);
        await NothingLeftAsync([table]);
    }

    [SkippableTheory]
    [InlineData("(ts TIMESTAMP, venue SYMBOL, side SYMBOL, n LONG, x LONG) TIMESTAMP(ts) PARTITION BY DAY TTL 90 DAYS WAL DEDUP UPSERT KEYS(ts, venue, side)", "has the column x as LONG, the schema file says DOUBLE")]
    [InlineData("(ts TIMESTAMP, venue SYMBOL, side SYMBOL, n LONG, x DOUBLE) TIMESTAMP(ts) PARTITION BY MONTH TTL 3 MONTHS WAL DEDUP UPSERT KEYS(ts, venue, side)", "is partitioned by MONTH")]
    [InlineData("(ts TIMESTAMP, venue SYMBOL, side SYMBOL, n LONG, x DOUBLE) TIMESTAMP(ts) PARTITION BY DAY TTL 90 DAYS WAL DEDUP UPSERT KEYS(ts, venue, side, n)", "has the dedup keys venue, side, n")]
    [InlineData("(ts TIMESTAMP, venue SYMBOL, side SYMBOL, n LONG, x DOUBLE) TIMESTAMP(ts) PARTITION BY DAY TTL 90 DAYS BYPASS WAL", "is no WAL table")]
    [InlineData("(ts TIMESTAMP, venue SYMBOL, side SYMBOL, n LONG, x DOUBLE)", "has no designated timestamp")]
    public async Task PrepareAsync_TableThatCannotBeMended_IsHaltedWithAdvice(string live, string reason)
    {
        await using QuestDbStore store = Open();
        await ExecAsync($"CREATE TABLE {_name} {live}");

        Outcome outcome = await store.PrepareAsync(Read($"CREATE TABLE {_name} ({Columns}) {Tail}"), default);

        Assert.Contains(reason, Assert.IsType<Outcome.Halted>(outcome).Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task PrepareAsync_NoDedupKeys_AreSetWhereTheyTellAllRowsApartAndRefusedElsewhere()
    {
        await using QuestDbStore store = Open();
        Table table = Read($"CREATE TABLE {_name} ({Columns}) {Tail}");
        string live = $"({Columns}) TIMESTAMP(ts) PARTITION BY DAY TTL 90 DAYS WAL";
        await ExecAsync($"CREATE TABLE {_name} {live}");
        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        await NothingLeftAsync([table]);

        await ExecAsync($"DROP TABLE {_name}");
        await ExecAsync($"CREATE TABLE {_name} {live}");
        const string Time = "2026-01-01T00:00:00Z";
        await ExecAsync($"INSERT INTO {_name} (ts, venue, side, n) VALUES ('{Time}', 'a', null, 1), ('{Time}', 'b', null, 2), ('{Time}', 'a', 'buy', 3)");
        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        await NothingLeftAsync([table]);
        const string Nanos = "1767225600000000000";
        Assert.Equal(Outcome.Accepted.Instance, await WriteAsync(store, table, $"{_name},venue=a,side=buy n=4i {Nanos}\n{_name},venue=c n=5i {Nanos}\n"));
        QuestDbAnswer shown = await database.Client.ExecUntilAsync($"SELECT n FROM {_name} ORDER BY n", rows => rows.Rows.Count == 4 && rows.Rows[2][0].GetInt32() == 4, Soon);
        Assert.Equal([1, 2, 4, 5], shown.Rows.Select(row => row[0].GetInt32()));

        await ExecAsync($"ALTER TABLE {_name} DEDUP DISABLE");
        await ExecAsync($"INSERT INTO {_name} (ts, venue, side, n) VALUES ('{Time}', 'a', 'buy', 6)");
        await database.Client.ExecUntilAsync($"SELECT * FROM {_name}", rows => rows.Rows.Count == 5, Soon);

        Outcome outcome = await store.PrepareAsync(table, default);
        Assert.Contains("has rows and no dedup keys", Assert.IsType<Outcome.Halted>(outcome).Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task PrepareAsync_View_IsHalted()
    {
        await using QuestDbStore store = Open();
        await ExecAsync($"CREATE TABLE {_name}_base ({Columns}) {Tail}");
        await ExecAsync($"CREATE MATERIALIZED VIEW {_name} AS (SELECT ts, venue, sum(n) n FROM {_name}_base SAMPLE BY 1h) PARTITION BY DAY");

        Outcome outcome = await store.PrepareAsync(Read($"CREATE TABLE {_name} ({Columns}) {Tail}"), default);

        Assert.Contains("is a view", Assert.IsType<Outcome.Halted>(outcome).Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task WriteAsync_DroppedTable_IsHaltedUntilPreparedAgain()
    {
        await using QuestDbStore store = Open();
        Table table = await PreparedAsync(store);
        string row = $"{_name},venue=a,side=b n=1i 1700000000000000000\n";
        Assert.Equal(Outcome.Accepted.Instance, await WriteAsync(store, table, row));

        await ExecAsync($"DROP TABLE {_name}");
        Outcome outcome = await WriteAsync(store, table, row);
        Assert.Contains("collector schema apply", Assert.IsType<Outcome.Halted>(outcome).Reason, StringComparison.Ordinal);

        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        Assert.Equal(Outcome.Accepted.Instance, await WriteAsync(store, table, row));
        await database.Client.ExecUntilAsync($"SELECT n FROM {_name}", rows => rows.Rows.Count == 1, Soon);
    }

    [SkippableFact]
    public async Task WriteAsync_DroppedColumn_IsHaltedUntilPreparedAgain()
    {
        await using QuestDbStore store = Open();
        Table table = await PreparedAsync(store);
        string row = $"{_name},venue=a,side=b n=1i,x=2.5 1700000000000000000\n";
        await ExecAsync($"ALTER TABLE {_name} DROP COLUMN x");
        await database.Client.ExecUntilAsync($"SELECT * FROM table_columns('{_name}') WHERE \"column\" = 'x'", rows => rows.Rows.Count == 0, Soon);

        Outcome outcome = await WriteAsync(store, table, row);
        Assert.Contains("has no column x", Assert.IsType<Outcome.Halted>(outcome).Reason, StringComparison.Ordinal);

        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        Assert.Equal(Outcome.Accepted.Instance, await WriteAsync(store, table, row));
    }

    [SkippableFact]
    public async Task WriteAsync_ColumnOfAnotherType_IsHalted()
    {
        await using QuestDbStore store = Open();
        Table table = await PreparedAsync(store);
        await ExecAsync($"ALTER TABLE {_name} ALTER COLUMN x TYPE LONG");

        Outcome outcome = await WriteAsync(store, table, $"{_name},venue=a,side=b x=2.5 1700000000000000000\n");

        Assert.Contains("is LONG in", Assert.IsType<Outcome.Halted>(outcome).Reason, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("n=2i -5", "before 1970")]
    [InlineData("n=2.5 1700000000000000000", "cast error")]
    [InlineData("n=99999999999999999999i 1700000000000000000", "field value is invalid")]
    public async Task WriteAsync_BadRowAmongGoodOnes_IsRejectedWithItsLineAndNothingIsStored(string bad, string reason)
    {
        await using QuestDbStore store = Open();
        Table table = await PreparedAsync(store);
        string good = $"{_name},venue=a,side=b n=1i 1700000000000000000\n";

        Outcome.Rejected rejected = Assert.IsType<Outcome.Rejected>(await WriteAsync(store, table, $"{good}{_name},venue=c,side=d {bad}\n{good}"));

        Assert.Equal(2, rejected.Line);
        Assert.Contains(reason, rejected.Reason, StringComparison.Ordinal);
        Assert.NotEmpty(rejected.ErrorId!);
        Assert.Equal(Outcome.Accepted.Instance, await WriteAsync(store, table, good.Replace("n=1i", "n=7i", StringComparison.Ordinal)));
        QuestDbAnswer answer = await database.Client.ExecUntilAsync($"SELECT n FROM {_name}", rows => rows.Rows.Count > 0, Soon);
        Assert.Equal(7, Assert.Single(answer.Rows)[0].GetInt64());
    }

    [SkippableFact]
    public async Task WriteAsync_Gzip_IsStored()
    {
        await using QuestDbStore store = Open(new QuestDbOptions { Url = database.Url, Gzip = true });
        Table table = await PreparedAsync(store);

        string rows = string.Concat(Enumerable.Range(0, 5000).Select(i => $"{_name},venue=a,side=b n={i}i {1700000000000000000 + (i * 1000L)}\n"));
        Assert.Equal(Outcome.Accepted.Instance, await WriteAsync(store, table, rows));

        await database.Client.ExecUntilAsync($"SELECT count() FROM {_name}", answer => answer.Rows[0][0].GetInt64() == 5000, Soon);
    }

    private QuestDbStore Open(QuestDbOptions? options = null)
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);
        return new QuestDbStore(options ?? new QuestDbOptions { Url = database.Url }, TimeProvider.System, NullLogger<QuestDbStore>.Instance);
    }

    private async Task<Table> PreparedAsync(QuestDbStore store)
    {
        Table table = Read($"CREATE TABLE {_name} ({Columns}) {Tail}");
        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        return table;
    }

    /// <summary>Waits until the plan is empty: what DDL did to a WAL table shows a moment later.</summary>
    private async Task NothingLeftAsync(IReadOnlyCollection<Table> tables)
    {
        using var client = new QuestDbClient(new QuestDbOptions { Url = database.Url }, TimeProvider.System);
        var schema = new QuestDbSchema(new QuestDbSql(client), TimeProvider.System);
        StorePlan plan = await schema.PlanAsync(tables, default);
        for (int i = 0; i < 300 && plan.Changes.Count > 0; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            plan = await schema.PlanAsync(tables, default);
        }

        Assert.Null(plan.Failure);
        Assert.Empty(plan.Changes);
    }

    private Task<QuestDbAnswer> ExecAsync(string sql) => database.Client.ExecAsync(sql);

    private static Task<Outcome> WriteAsync(QuestDbStore store, Table table, string lines) =>
        store.WriteAsync(new Batch(table, Encoding.UTF8.GetBytes(lines), lines.Count(c => c == '\n')), default);

    private static Table Read(string text)
    {
        var faults = new List<SchemaFault>();
        Table? table = SchemaReader.Read("t.sql", text, faults);
        Assert.Empty(faults);
        return table!;
    }
}
