using System.Text;
using Collector.IntegrationTests.Support;
using Collector.Pipe.Delivery;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>The spool commands beside a collector that runs, is killed and runs again, with a real QuestDB to count at.</summary>
public sealed class SpoolToolsTests(OwnQuestDb database) : IClassFixture<OwnQuestDb>
{
    private const int Rows = 40;
    private static readonly TimeSpan Soon = CollectorProcess.Soon;

    [SkippableFact]
    public async Task Replay_CollectorKilledInBetween_PutsEachRowIntoTheDatabaseOnce()
    {
        QuestDbServer server = await database.RunningAsync();
        using var schemas = new TemporaryFolder();
        await using CollectorProcess collector = await WithoutKeysAsync(server, schemas, "replayed");
        await collector.StartReadyAsync();
        await server.StopAsync();
        Quarantine(collector, "replayed");

        // The collector stands still when the rows are handed over, and is killed before it can take them.
        UnixSignal.Stop.Send(collector.ProcessId);
        await using var replay = ChildProcess.StartProgram("collector/App", "collector", Call(collector, "replay", "--all"), Variables(schemas));
        await UntilAsync(() => Requests(collector).Length > 0);
        await collector.EndAsync(UnixSignal.Kill);
        await collector.StartLiveAsync();
        Assert.Equal(0, await replay.WaitForExitAsync(Soon));

        // They are in the spool now, put there by the collector, or by the command where it came first to the spool that the
        // kill left without an owner. Asked for again there is nothing, and a second kill finds them on disk.
        Assert.Equal(1, (await RunAsync(schemas, Call(collector, "replay", "--all"))).Code);
        await collector.MetricsUntilAsync(page =>
            page.Count("collector_rows_replayed_total", "table=\"replayed\"") + page.Count("collector_rows_recovered_total", "table=\"replayed\"") == Rows);
        MetricsText away = await collector.MetricsUntilAsync(page => page.Count("collector_rows_pending", "table=\"replayed\"") == Rows);
        Assert.Equal(0, away.Count("collector_ledger_remainder"));
        await collector.EndAsync(UnixSignal.Kill);
        await collector.StartLiveAsync();
        await server.StartAgainAsync();

        await server.ExecUntilAsync("SELECT count() FROM replayed", answer => answer.Rows[0][0].GetInt64() >= Rows, Soon);
        MetricsText books = await collector.MetricsUntilAsync(page => page.Count("collector_rows_pending", "table=\"replayed\"") == 0);
        QuestDbAnswer found = await server.ExecAsync("SELECT count(), count_distinct(n) FROM replayed");
        Assert.Equal((Rows, Rows), (found.Rows[0][0].GetInt32(), found.Rows[0][1].GetInt32()));
        Assert.Equal(0, books.Count("collector_ledger_remainder"));
        Assert.Equal(Rows, books.Count("collector_rows_recovered_total", "table=\"replayed\""));
        Assert.Empty(await File.ReadAllTextAsync(Path.Combine(collector.DataFolder, "quarantine", "replayed.jsonl")));
    }

    [SkippableFact]
    public async Task Export_LiveSpool_IsTakenByQuestDbAndDisturbsNothing()
    {
        QuestDbServer server = await database.RunningAsync();
        using var schemas = new TemporaryFolder();
        await using CollectorProcess collector = await WithoutKeysAsync(server, schemas, "exported");
        await collector.StartReadyAsync();
        await server.StopAsync();
        Quarantine(collector, "exported");
        Assert.Equal(0, (await RunAsync(schemas, Call(collector, "replay", "--all"))).Code);
        MetricsText before = await collector.MetricsUntilAsync(page => page.Count("collector_rows_pending", "table=\"exported\"") == Rows);
        Assert.Equal(Rows, before.Count("collector_rows_replayed_total", "table=\"exported\""));

        (int listed, string list) = await RunAsync(schemas, Call(collector, "ls"));
        (int verified, string verdict) = await RunAsync(schemas, Call(collector, "verify"));
        (int inspected, string rows) = await RunAsync(schemas, Call(collector, "inspect", "exported"));
        string file = Path.Combine(collector.DataFolder, "rows.ilp");
        (int exported, string told) = await RunAsync(schemas, Call(collector, "export", "exported", "--pending-only", "-o", file));

        Assert.Equal((0, 0, 0, 0), (listed, verified, inspected, exported));
        Assert.Contains($"runs as process {collector.ProcessId}", list, StringComparison.Ordinal);
        Assert.Contains("all sound", verdict, StringComparison.Ordinal);
        Assert.Contains("exported,k=a d=0.1,n=", rows, StringComparison.Ordinal);
        Assert.Contains($"{Rows} rows written", told, StringComparison.Ordinal);
        Assert.Equal(0, (await collector.MetricsAsync()).Count("collector_ledger_remainder"));

        // Posted as any client would; the collector is gone and cannot deliver them itself.
        await collector.EndAsync(UnixSignal.Kill);
        await server.StartAgainAsync();
        await server.ExecAsync("CREATE TABLE exported (ts TIMESTAMP, k SYMBOL, d DOUBLE, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL");
        using var http = new HttpClient();
        using var lines = new ByteArrayContent(await File.ReadAllBytesAsync(file));
        using HttpResponseMessage answer = await http.PostAsync(new Uri(server.Url, "/write"), lines);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        QuestDbAnswer found = await server.ExecUntilAsync(
            "SELECT count(), count_distinct(n), min(d), max(d) FROM exported", counted => counted.Rows[0][0].GetInt64() >= Rows, Soon);
        Assert.Equal(
            (Rows, Rows, 0.1, 1.7976931348623157E+308),
            (found.Rows[0][0].GetInt32(), found.Rows[0][1].GetInt32(), found.Rows[0][2].GetDouble(), found.Rows[0][3].GetDouble()));
    }

    /// <summary>A collector that also knows a table without dedup keys, where a row that arrives twice is there twice.</summary>
    private static Task<CollectorProcess> WithoutKeysAsync(QuestDbServer server, TemporaryFolder schemas, string table)
    {
        foreach (string file in Directory.GetFiles(RepositoryRoot.Combine("schemas"), "*.sql"))
        {
            File.Copy(file, schemas.Combine(Path.GetFileName(file)));
        }

        File.WriteAllText(schemas.Combine(table + ".sql"), $"CREATE TABLE {table} (ts TIMESTAMP, k SYMBOL, d DOUBLE, n LONG) TIMESTAMP(ts) PARTITION BY DAY TTL 30 DAYS WAL;");
        var collector = new CollectorProcess(CollectorProcess.QuestDb(server.Url), "sources:\n  host:\n    - interval: 500ms");
        foreach ((string name, string? value) in Variables(schemas))
        {
            collector.Environment[name] = value;
        }

        return Task.FromResult(collector);
    }

    private static Dictionary<string, string?> Variables(TemporaryFolder schemas) =>
        new(StringComparer.Ordinal) { ["COLLECTOR__SCHEMAS_DIR"] = schemas.Path };

    /// <summary>Rows in quarantine as the collector writes them, their doubles in binary.</summary>
    private static void Quarantine(CollectorProcess collector, string table)
    {
        string folder = Directory.CreateDirectory(Path.Combine(collector.DataFolder, "quarantine")).FullName;
        using FileStream file = File.Create(Path.Combine(folder, table + ".jsonl"));
        for (int i = 0; i < Rows; i++)
        {
            double d = i == 1 ? double.MaxValue : i + 0.1;
            long nanos = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * 100;
            byte[] line = [.. Encoding.UTF8.GetBytes($"{table},k=a d=="), 16, .. BitConverter.GetBytes(d), .. Encoding.UTF8.GetBytes($",n={i}i {nanos}\n")];
            file.Write(QuarantineEntry.Of(new QuarantinedRow(table, 0, i, DateTimeOffset.UtcNow, "refused", null, line)).ToBytes());
        }
    }

    private static string[] Call(CollectorProcess collector, params string[] arguments) => ["spool", .. arguments, "--config", collector.ConfigFile];

    private static async Task<(int Code, string Output)> RunAsync(TemporaryFolder schemas, string[] arguments)
    {
        await using var call = ChildProcess.StartProgram("collector/App", "collector", arguments, Variables(schemas));
        return (await call.WaitForExitAsync(Soon), call.Output);
    }

    private static string[] Requests(CollectorProcess collector) =>
        Path.Combine(collector.DataFolder, "spool", ".replay") is var folder && Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*.request", SearchOption.AllDirectories)
            : [];

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var deadline = new CancellationTokenSource(Soon);
        while (!holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }
    }
}
