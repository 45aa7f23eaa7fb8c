using System.Text.Json;
using Collector.IntegrationTests.Support;
using Microsoft.AspNetCore.Http;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>From a daemon that falls silent to rows of QuestDB: the collector as a user runs it, stopped in the middle of a gap.</summary>
public sealed class GapPipelineTests(OwnQuestDb database) : IClassFixture<OwnQuestDb>
{
    private static readonly TimeSpan Soon = CollectorProcess.Soon;

    [SkippableFact]
    public async Task Silence_IsAnOpenGapThatARestartKeepsAndARecordCloses()
    {
        QuestDbServer server = await database.RunningAsync();
        int count = 7;
        await using LocalServer daemon = await LocalServer.StartAsync(context => context.Response.WriteAsync(
            $$"""{"pipeline": {"exchanges": {"binance": {"oi": {"count": {{count}}, "symbols": ["BTC"]} } } } }"""));
        await using var collector = new CollectorProcess(CollectorProcess.QuestDb(server.Url));
        string withoutSource = await File.ReadAllTextAsync(collector.ConfigFile);
        await File.WriteAllTextAsync(collector.ConfigFile, withoutSource + $"""
            sources:
              pipeline:
                - name: oi
                  url: {daemon.Url}
                  interval: 200ms
                  gaps: {"{expected: {oi: 1s}}"}
            """);
        await collector.StartAsync();
        string gap = (await server.ExecUntilAsync("SELECT gap_id FROM data_gaps WHERE state = 'open'", answer => answer.Rows.Count > 0, Soon)).Rows[0][0].GetString()!;
        Assert.StartsWith("pipeline/oi-", gap, StringComparison.Ordinal);
        await server.ExecUntilAsync("SELECT symbol FROM pipeline_metrics WHERE gap_detected AND gap_duration_seconds > 1.5", answer => answer.Rows.Count > 0, Soon);

        await collector.EndAsync(UnixSignal.Terminate);
        await collector.StartReadyAsync();
        await server.ExecUntilAsync($"SELECT count() FROM data_gaps WHERE gap_id = '{gap}'", answer => answer.Rows[0][0].GetInt64() >= 2, Soon);
        Assert.Equal("open", await StateAsync(server, gap));

        count++;
        await server.ExecUntilAsync(Latest(gap), answer => answer.Rows[0][0].GetString() == "closed", Soon);

        QuestDbAnswer rows = await server.ExecAsync(
            $"SELECT state, missing_records, duration_seconds, datediff('u', opened_at, closed_at), expected_interval_seconds FROM data_gaps WHERE gap_id = '{gap}' ORDER BY timestamp");
        Assert.All(rows.Rows.SkipLast(1), row => Assert.Equal("open", row[0].GetString()));
        JsonElement closed = rows.Rows[^1];
        double duration = closed[2].GetDouble();
        Assert.InRange(duration, 1.5, double.MaxValue);
        Assert.Equal(1, closed[4].GetDouble());
        Assert.InRange(closed[1].GetInt64(), 1, (long)duration);
        await server.ExecUntilAsync("SELECT sum(records_count) FROM pipeline_metrics", answer => answer.Rows[0][0].GetInt64() == 1, Soon);

        // Silent once more, and then no longer configured: the gap is retired, and the closed one stays closed.
        string next = (await server.ExecUntilAsync(
            $"SELECT gap_id FROM data_gaps WHERE state = 'open' AND gap_id <> '{gap}'", answer => answer.Rows.Count > 0, Soon)).Rows[0][0].GetString()!;
        await collector.EndAsync(UnixSignal.Terminate);
        await File.WriteAllTextAsync(collector.ConfigFile, withoutSource);
        await collector.StartAsync();
        await server.ExecUntilAsync(Latest(next), answer => answer.Rows[0][0].GetString() == "retired", Soon);
        Assert.Equal("closed", await StateAsync(server, gap));
    }

    private static string Latest(string gap) => $"SELECT state FROM (SELECT * FROM data_gaps LATEST ON timestamp PARTITION BY gap_id) WHERE gap_id = '{gap}'";

    private static async Task<string?> StateAsync(QuestDbServer server, string gap) => (await server.ExecAsync(Latest(gap))).Rows[0][0].GetString();
}
