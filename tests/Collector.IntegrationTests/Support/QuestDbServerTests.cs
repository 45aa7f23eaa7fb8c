namespace Collector.IntegrationTests.Support;

public sealed class QuestDbServerTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public async Task StartAgainAsync_AfterStopAndAfterKill_HasTheRowsOfBefore()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using QuestDbServer server = await QuestDbServer.StartAsync();
        await server.ExecAsync("CREATE TABLE t (timestamp TIMESTAMP, v LONG) TIMESTAMP(timestamp) PARTITION BY DAY WAL");
        await server.ExecAsync("INSERT INTO t VALUES ('2026-01-01T00:00:00Z', 41)");
        await server.ExecUntilAsync("SELECT v FROM t", answer => answer.Rows.Count == 1, Soon);

        await server.StopAsync();
        Assert.False(server.IsRunning);
        await server.StartAgainAsync();
        await server.ExecAsync("INSERT INTO t VALUES ('2026-01-01T00:00:01Z', 42)");
        await server.ExecUntilAsync("SELECT v FROM t", answer => answer.Rows.Count == 2, Soon);

        await server.KillAsync();
        Assert.False(server.IsRunning);
        await server.StartAgainAsync();

        QuestDbAnswer answer = await server.ExecUntilAsync("SELECT v FROM t ORDER BY v", all => all.Rows.Count == 2, Soon);
        Assert.Equal(["v"], answer.Columns);
        Assert.Equal([41, 42], answer.Rows.Select(row => row[0].GetInt64()));
    }

    [SkippableFact]
    public async Task Pause_ThenResume_AnswersNothingAndThenAgain()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using QuestDbServer server = await QuestDbServer.StartAsync();

        server.Pause();
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.ExecAsync("SELECT 1", patience.Token));
        }

        server.Resume();
        Assert.Equal(1, (await server.ExecAsync("SELECT 1")).Rows[0][0].GetInt64());
    }

    [SkippableFact]
    public async Task StartAsync_DefaultSettings_MakeNoTableFromLines()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using QuestDbServer server = await QuestDbServer.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Url };

        using HttpResponseMessage refused = await http.PostAsync("/write", new StringContent("unknown v=1i\n"));

        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Empty((await server.ExecAsync("SELECT * FROM tables() WHERE table_name = 'unknown'")).Rows);
    }

    [SkippableFact]
    public async Task StartAsync_UsernameAndSetting_AreInForce()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using QuestDbServer server = await QuestDbServer.StartAsync(new QuestDbOptions
        {
            Username = "admin",
            Password = "secret",
            Settings = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["QDB_LINE_AUTO_CREATE_NEW_TABLES"] = "true",
            },
        });
        Assert.Equal(1, (await server.ExecAsync("SELECT 1")).Rows[0][0].GetInt64());

        using var stranger = new QuestDbClient(server.Url);
        InvalidOperationException refused =
            await Assert.ThrowsAsync<InvalidOperationException>(() => stranger.ExecAsync("SELECT 1"));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);

        QuestDbAnswer setting =
            await server.ExecAsync("SELECT value FROM (SHOW PARAMETERS) WHERE property_path = 'line.auto.create.new.tables'");
        Assert.Equal("true", setting.Rows[0][0].GetString());
    }
}
