using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Commands;

/// <summary><c>collector doctor</c> against servers of the tests' own, in each state that it tells apart.</summary>
public sealed class DoctorQuestDbTests
{
    private const string Password = "not-for-printing";

    [SkippableFact]
    public async Task Doctor_ServerWithLogin_TellsGoodFromWrongPasswordAndSuspendedTable()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        await using QuestDbServer server = await QuestDbServer.StartAsync(new QuestDbOptions
        {
            Username = "ada",
            Password = Password,
            Settings = new Dictionary<string, string?>(StringComparer.Ordinal) { ["QDB_DEV_MODE_ENABLED"] = "true", ["QDB_LINE_AUTO_CREATE_NEW_TABLES"] = "true", ["QDB_LINE_AUTO_CREATE_NEW_COLUMNS"] = "true", ["QDB_CAIRO_WAL_WRITER_DATA_APPEND_PAGE_SIZE"] = "16777216" },
        });
        using var command = new CollectorCommand(CollectorCommand.QuestDb(server.Url, Password));

        await using ChildProcess before = await command.CallAsync("doctor");
        Assert.Equal(0, before.ExitCode);
        Assert.Contains("11 to mend: collector_status: create the table", before.Output, StringComparison.Ordinal);

        await using ChildProcess apply = await command.CallAsync("schema", "apply");
        Assert.Equal(0, apply.ExitCode);
        await using ChildProcess good = await command.CallAsync("doctor");
        Assert.Equal(0, good.ExitCode);
        Assert.Matches("ok    database       QuestDB at .* answers: version 9[.0-9]+, line protocol v2, login of ada taken", good.Output);
        Assert.Contains("ok    suspended      no table", good.Output, StringComparison.Ordinal);
        Assert.Contains("ok    schema         10 tables", good.Output, StringComparison.Ordinal);
        Assert.Contains("ok    clock ", good.Output, StringComparison.Ordinal);
        Assert.Contains("ok    auto_create    QuestDB at", good.Output, StringComparison.Ordinal);
        Assert.Contains("do: where nobody but the collector writes to it, set line.auto.create.new.columns=false and line.auto.create.new.tables=false", good.Output, StringComparison.Ordinal);

        Assert.Matches("ok    page_size .* takes 1[67] MiB of disk for each column before its first row .*cairo.wal.writer.data.append.page.size=16777216", good.Output);

        using var stranger = new CollectorCommand(CollectorCommand.QuestDb(server.Url, "guessed"));
        await using ChildProcess refused = await stranger.CallAsync("doctor");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("refused authentication", refused.Output, StringComparison.Ordinal);
        Assert.Contains("do: set store.questdb.username and password", refused.Output, StringComparison.Ordinal);

        await server.ExecAsync("ALTER TABLE host_metrics SUSPEND WAL WITH 28, 'no space left'");
        await using ChildProcess suspended = await command.CallAsync("doctor");
        Assert.Equal(1, suspended.ExitCode);
        Assert.Matches("FAIL  suspended      host_metrics takes rows and shows none of them: .*no space left", suspended.Output);
        Assert.Contains("ALTER TABLE host_metrics RESUME WAL", suspended.Output, StringComparison.Ordinal);

        foreach (ChildProcess run in (ChildProcess[])[before, good, refused, suspended])
        {
            Assert.DoesNotContain(Password, run.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("guessed", run.Output, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task Doctor_ReadOnlyThenStoppedServer_Fails()
    {
        Skip.IfNot(QuestDb.OwnAvailable(out string reason), reason);
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal);
        await using QuestDbServer server = await QuestDbServer.StartAsync(new QuestDbOptions { Settings = settings });
        using var command = new CollectorCommand(CollectorCommand.QuestDb(server.Url));
        await using ChildProcess apply = await command.CallAsync("schema", "apply");
        await server.ExecAsync("ALTER TABLE host_metrics DEDUP DISABLE");
        await server.ExecAsync("INSERT INTO host_metrics (timestamp, host) VALUES ('2026-01-01T00:00:00Z', 'a'), ('2026-01-01T00:00:00Z', 'a')");
        await server.ExecUntilAsync("SELECT * FROM host_metrics", rows => rows.Rows.Count == 2, CollectorProcess.Soon);

        await using ChildProcess keyless = await command.CallAsync("doctor");
        Assert.Equal(1, keyless.ExitCode);
        Assert.Contains("FAIL  schema         host_metrics has rows and no dedup keys", keyless.Output, StringComparison.Ordinal);

        await server.StopAsync();
        settings["QDB_READONLY"] = "true"; // not for a first start, which has to make the folder
        await server.StartAgainAsync();
        await using ChildProcess readOnly = await command.CallAsync("doctor");
        Assert.Equal(1, readOnly.ExitCode);
        Assert.Contains("is read-only and takes no rows", readOnly.Output, StringComparison.Ordinal);

        await server.StopAsync();
        await using ChildProcess gone = await command.CallAsync("doctor");
        Assert.Equal(1, gone.ExitCode);
        Assert.Contains("cannot be reached: Connection refused", gone.Output, StringComparison.Ordinal);
        Assert.Contains($"curl -i {server.Url.GetLeftPart(UriPartial.Authority)}/ping", gone.Output, StringComparison.Ordinal);
    }
}
