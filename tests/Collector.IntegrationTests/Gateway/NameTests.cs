using System.Text;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Collector.Lines.Tables;

namespace Collector.IntegrationTests.Gateway;

/// <summary>Names in other scripts and of full length, from a pushed line to a row of either store; and which of them a real QuestDB takes for one.</summary>
[Collection(SharedQuestDb.Collection)]
public sealed class NameTests(SharedQuestDb database)
{
    private static readonly TimeSpan Soon = CollectorProcess.Soon;

    /// <summary>The longest that are taken.</summary>
    public static TheoryData<string> Scripts => ["ж", "重", "😀"];

    /// <summary>Letters that differ in case, or look as if they did.</summary>
    public static TheoryData<string, string> Letters => new()
    {
        { "k", "\u212a" }, { "i", "İ" }, { "ß", "ẞ" }, { "å", "\u212b" }, { "ω", "\u2126" }, { "θ", "\u03f4" }, { "Σ", "σ" }, { "Ж", "ж" }, { "ǆ", "ǅ" },
        { "s", "ſ" }, { "i", "ı" }, { "I", "ı" }, { "σ", "ς" }, { "µ", "μ" }, { "\U00010400", "\U00010428" },
    };

    [SkippableTheory]
    [MemberData(nameof(Scripts))]
    public async Task Write_LongNames_AreInTheDatabaseAndItsTableLives(string script)
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);
        await using var collector = new CollectorProcess(CollectorProcess.QuestDb(database.Url));
        await collector.StartReadyAsync();
        string table = Longest(script, name => Names.TableProblem(name)), column = Longest(script, name => Names.ColumnProblem(name));

        await PushAsync(collector, $"{table} v=1\n");
        await database.Client.ExecUntilAsync($"SELECT v FROM \"{table}\"", found => found.Rows.Count == 1, Soon);
        await PushAsync(collector, $"{table},{column}=x v=2\n{table} v=3\n");

        await database.Client.ExecUntilAsync($"SELECT v FROM \"{table}\"", found => found.Rows.Count == 3, Soon);
        Assert.Equal(1, (await database.Client.ExecAsync($"SELECT count(\"{column}\") FROM \"{table}\"")).Rows[0][0].GetInt32());
        Assert.False((await database.Client.ExecAsync($"SELECT suspended FROM wal_tables() WHERE name = '{table}'")).Rows[0][0].GetBoolean());
        await collector.MetricsUntilAsync(page => page.Count("collector_rows_pending") == 0);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Write_LongNamesKilledAfterTheAnswer_AreInSqliteAfterTheRestart(string script)
    {
        await using var collector = new CollectorProcess();
        await collector.StartReadyAsync();
        string table = Longest(script, name => Names.TableProblem(name)), column = Longest(script, name => Names.ColumnProblem(name));

        await PushAsync(collector, $"first v=1\n{table},{column}=x v=1\nlast v=1\n");
        await collector.EndAsync(UnixSignal.Kill);
        await collector.StartReadyAsync();

        await collector.Sqlite.QueryUntilAsync($"SELECT \"{column}\" FROM \"{table}\"", rows => rows.Count == 1);
        await collector.Sqlite.QueryUntilAsync("SELECT v FROM first UNION ALL SELECT v FROM last", rows => rows.Count == 2);
    }

    [SkippableTheory]
    [MemberData(nameof(Letters))]
    public async Task Compare_TwoLetters_AsTheDatabaseDoes(string one, string other)
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);
        string prefix = SharedQuestDb.UniqueName("fold");
        await database.Client.ExecAsync($"CREATE TABLE \"{prefix}{one}\" (ts TIMESTAMP, \"{one}\" LONG) TIMESTAMP(ts) PARTITION BY DAY WAL");

        bool isOneTable = await IsThereAsync($"CREATE TABLE \"{prefix}{other}\" (ts TIMESTAMP) TIMESTAMP(ts) PARTITION BY DAY WAL");
        bool isOneColumn = await IsThereAsync($"ALTER TABLE \"{prefix}{one}\" ADD COLUMN \"{other}\" LONG");

        Assert.Equal(NameComparer.Instance.Equals(one, other), isOneTable);
        Assert.Equal(NameComparer.Instance.Equals(one, other), isOneColumn);
    }

    private static string Longest(string script, Func<string, string?> problem)
    {
        var name = new StringBuilder(SharedQuestDb.UniqueName("n"));
        while (problem(name + script) is null)
        {
            name.Append(script);
        }

        return name.ToString();
    }

    private static async Task PushAsync(CollectorProcess collector, string lines)
    {
        using var http = new HttpClient();
        using var content = new StringContent(lines);
        using HttpResponseMessage answer = await http.PostAsync(new Uri($"http://127.0.0.1:{collector.GatewayPort}/write"), content);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, answer.StatusCode);
        Assert.False(answer.Headers.Contains("X-Quarantined"));
    }

    private async Task<bool> IsThereAsync(string statement)
    {
        try
        {
            await database.Client.ExecAsync(statement);
            return false;
        }
        catch (InvalidOperationException refused) when (refused.Message.Contains("already exists", StringComparison.Ordinal))
        {
            return true;
        }
    }
}
