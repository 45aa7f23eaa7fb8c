using System.Text;
using Collector.IntegrationTests.Support;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.QuestDb;
using Microsoft.Extensions.Logging.Abstractions;
using QuestDbOptions = Collector.Stores.QuestDb.QuestDbOptions;

namespace Collector.IntegrationTests.Stores;

/// <summary>The names that <see cref="Names"/> reserves break on the real server, and their neighbours do not.</summary>
[Collection(AutoCreatingQuestDb.Collection)]
public sealed class ReservedNamesTests(AutoCreatingQuestDb database)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private readonly string _name = SharedQuestDb.UniqueName("names");

    public static TheoryData<string, string> Harmless
    {
        get
        {
            var columns = new TheoryData<string, string>();
            foreach (string name in (string[])["_event_", "event", "_meta", "_txn", "_cv", "_todo_", "_txn_scoreboard", "_wal_index", "_name", "_lock", "_txnlog", "txn_seq", "default", "rowid", new('資', 77)])
            {
                columns.Add(name, "=\"text\"");
            }

            columns.Add("_event", "=5i");
            columns.Add("_event", "=t");
            return columns;
        }
    }

    [SkippableFact]
    public async Task Write_TextColumnThatIsReserved_SuspendsTheTable()
    {
        Assert.NotNull(Names.ColumnProblem("_event", ColumnType.Varchar));

        await WriteAsync(_name, $"{_name} n=1i,_event=\"text\" 1700000000000000000\n");
        await WriteAsync(_name, $"{_name} n=2i,_event=\"text\" 1700000001000000000\n");

        await database.Server.ExecUntilAsync($"SELECT suspended FROM wal_tables() WHERE name = '{_name}'", answer => answer.Rows is [var row] && row[0].GetBoolean(), Soon);
    }

    /// <summary>Added to a table that has rows, as a column's file then bears its transaction behind its name.</summary>
    [SkippableTheory]
    [MemberData(nameof(Harmless))]
    public async Task Write_NeighboursOfReservedColumns_AreStoredAndRead(string column, string value)
    {
        await ColumnAddedAsync(column, value);

        QuestDbAnswer shown = await database.Server.ExecUntilAsync($"SELECT * FROM {_name}", answer => answer.Rows.Count == 3, Soon);
        Assert.Contains(column, shown.Columns);
        Assert.Null(Names.ColumnProblem(column));
    }

    [SkippableFact]
    public async Task Write_TagNamedAsAReservedText_IsStored()
    {
        await WriteAsync(_name, $"{_name},_event=tag n=1i 1700000000000000000\n");
        await database.Server.ExecUntilAsync($"SELECT _event FROM {_name}", answer => answer.Rows.Count == 1, Soon);
    }

    [SkippableFact]
    public async Task Write_ColumnOfMoreBytesThanAFileTakes_SuspendsTheTable()
    {
        string column = new('資', 84);
        Assert.NotNull(Names.ColumnProblem(column));

        await ColumnAddedAsync(column, "=\"text\"");

        await database.Server.ExecUntilAsync($"SELECT suspended FROM wal_tables() WHERE name = '{_name}'", answer => answer.Rows is [var row] && row[0].GetBoolean(), Soon);
    }

    [SkippableTheory]
    [InlineData('資', 84, false)]
    [InlineData('資', 79, true)]
    public async Task Prepare_TableOfManyBytes_IsMadeWhereItsFolderFits(char character, int times, bool isMade)
    {
        string name = new(character, times);
        Assert.Equal(isMade, Names.TableProblem(name) is null);
        Table table = TableGrowth.New(name).With([("n", ColumnType.Long, null)]);
        await using QuestDbStore store = Open();

        Outcome prepared = await store.PrepareAsync(table, default);
        Outcome written = await store.WriteAsync(new Batch(table, Encoding.UTF8.GetBytes($"{name} n=1i 1700000000000000000\n"), 1), default);

        Assert.Equal(isMade, prepared is Outcome.Accepted && written is Outcome.Accepted);
    }

    /// <summary>The last of them is there only where the server keeps its telemetry, so that no rule at the door can tell.</summary>
    [SkippableTheory]
    [InlineData("_query_trace")]
    [InlineData("telemetry_config")]
    [InlineData("sys.column_versions_purge_log")]
    [InlineData("sys.copy_export_log")]
    [InlineData("sys.telemetry_mat_view")]
    [InlineData("sys.telemetry_wal")]
    [InlineData("sys.text_import_log")]
    [InlineData("telemetry")]
    public async Task Prepare_TableOfQuestDbsOwn_IsToldAsThatAndTakesNoRows(string name)
    {
        await database.Server.ExecAsync($"COPY (SELECT x, '{_name}' n FROM long_sequence(1)) TO '{_name}' WITH FORMAT PARQUET"); // makes its log
        Assert.Equal(name == "telemetry", Names.TableProblem(name) is null);
        Table table = TableGrowth.New(name).With([("n", ColumnType.Long, null)]);
        await using QuestDbStore store = Open();

        Assert.Contains("is a table of the database's own", Assert.IsType<Outcome.Halted>(await store.PrepareAsync(table, default)).Reason, StringComparison.Ordinal);

        Outcome written = await store.WriteAsync(new Batch(table, Encoding.UTF8.GetBytes($"{name} n=1i 1700000000000000000\n"), 1), default);
        Assert.Contains("cannot insert in non-WAL table", Assert.IsType<Outcome.Halted>(written).Reason, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("wal1")]
    [InlineData("txn_seq")]
    [InlineData("tables.d")]
    [InlineData("_meta")]
    [InlineData("sys.mine")]
    [InlineData("SQLite_cache")]
    public async Task Prepare_NeighboursOfReservedTables_AreMadeAndTakeRows(string name)
    {
        Assert.Null(Names.TableProblem(name));
        Table table = TableGrowth.New(name).With([("n", ColumnType.Long, null)]);
        await using QuestDbStore store = Open();

        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        Assert.Equal(Outcome.Accepted.Instance, await store.WriteAsync(new Batch(table, Encoding.UTF8.GetBytes($"{name} n=1i 1700000000000000000\n"), 1), default));
        await database.Server.ExecUntilAsync($"SELECT n FROM \"{name}\"", answer => answer.Rows.Count == 1, Soon);
    }

    [SkippableTheory]
    [InlineData('x', 40, 500)]
    [InlineData('資', 70, 60)]
    public async Task Prepare_MoreColumnsThanAStatementTakes_IsMadeAndTakesRows(char character, int length, int columns)
    {
        Table table = TableGrowth.New(_name).With(Enumerable.Range(0, columns).Select(i => ($"c{i}_".PadRight(length, character), ColumnType.Double, (string?)null)));
        await using QuestDbStore store = Open();

        Assert.Equal(Outcome.Accepted.Instance, await store.PrepareAsync(table, default));
        string line = $"{_name} {string.Join(',', table.Columns.Select(column => $"{column}=1.5"))} 1700000000000000000\n";
        Assert.Equal(Outcome.Accepted.Instance, await store.WriteAsync(new Batch(table, Encoding.UTF8.GetBytes(line), 1), default));

        QuestDbAnswer shown = await database.Server.ExecUntilAsync($"SELECT * FROM {_name}", answer => answer.Rows.Count == 1, Soon);
        Assert.Equal(columns + 1, shown.Columns.Count);
        Assert.Empty((await store.PlanAsync([table], default)).Changes);
    }

    private async Task ColumnAddedAsync(string column, string value)
    {
        await WriteAsync(_name, $"{_name} n=1i 1700000000000000000\n");
        await database.Server.ExecUntilAsync($"SELECT n FROM {_name}", answer => answer.Rows.Count == 1, Soon);
        await WriteAsync(_name, $"{_name} n=2i,{column}{value} 1700000001000000000\n");
        await WriteAsync(_name, $"{_name} n=3i,{column}{value} 1700000002000000000\n");
    }

    private async Task WriteAsync(string table, string lines)
    {
        await using QuestDbStore store = Open();
        Assert.Equal(Outcome.Accepted.Instance, await store.WriteAsync(new Batch(TableGrowth.New(table), Encoding.UTF8.GetBytes(lines), 1), default));
    }

    private QuestDbStore Open() => new(new QuestDbOptions { Url = database.Server.Url }, TimeProvider.System, NullLogger<QuestDbStore>.Instance);
}
