namespace Collector.IntegrationTests.Support;

[Collection(SharedQuestDb.Collection)]
public sealed class SharedQuestDbTests(SharedQuestDb database)
{
    [SkippableFact]
    public async Task Client_TableOfItsOwn_AnswersItsRows()
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);
        string table = SharedQuestDb.UniqueName("shared");
        await database.Client.ExecAsync($"CREATE TABLE {table} (timestamp TIMESTAMP, s SYMBOL) TIMESTAMP(timestamp) PARTITION BY DAY WAL");
        try
        {
            await database.Client.ExecAsync($"INSERT INTO {table} VALUES (now(), 'BTCUSDT')");

            QuestDbAnswer answer = await database.Client.ExecUntilAsync(
                $"SELECT s FROM {table}", rows => rows.Rows.Count == 1, TimeSpan.FromSeconds(30));
            Assert.Equal("BTCUSDT", answer.Rows[0][0].GetString());
        }
        finally
        {
            await database.Client.ExecAsync($"DROP TABLE {table}");
        }
    }

    [SkippableFact]
    public async Task ExecAsync_RefusedSql_ThrowsTheServersReason()
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);

        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => database.Client.ExecAsync("SELECT * FROM there_is_no_such_table"));
        Assert.Contains("there_is_no_such_table", refused.Message, StringComparison.Ordinal);
    }
}
