using Collector.IntegrationTests.Faults;
using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;
using Collector.Lines;

namespace Collector.IntegrationTests.Commands;

/// <summary><c>collector copy</c>: the built program, from a real file to a real QuestDB.</summary>
[Collection(SharedQuestDb.Collection)]
public sealed class CopyTests(SharedQuestDb database)
{
    [SkippableFact]
    public async Task Copy_TwiceOverSeveralBatches_EveryValueIsThereOnce()
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);
        using var gathered = new GatheredRows(database.Url);
        await gathered.FillAsync(25_000);

        await using ChildProcess rehearsal = await gathered.CopyAsync("--dry-run");
        Assert.Equal(0, rehearsal.ExitCode);
        Assert.Contains($"{gathered.Name}: 25,000 rows would be copied", rehearsal.Output, StringComparison.Ordinal);
        Assert.Empty((await database.Client.ExecAsync($"SELECT table_name FROM tables() WHERE table_name = '{gathered.Name}'")).Rows);

        await using ChildProcess first = await gathered.CopyAsync();
        Assert.True(first.ExitCode == 0, first.Output);
        Assert.Contains($"{gathered.Name}: 25,000 rows copied; the database shows 25,000 from the first to the last", first.Output, StringComparison.Ordinal);
        Assert.Equal(gathered.Shown(), await gathered.ShownAsync(database.Client));

        await using ChildProcess again = await gathered.CopyAsync("--from", gathered.Database, "--to", database.Url.ToString(), "--table", gathered.Name);
        Assert.True(again.ExitCode == 0, again.Output);
        Assert.Contains("the database shows 25,000 from the first to the last", again.Output, StringComparison.Ordinal);
        Assert.Equal(gathered.Shown(), await gathered.ShownAsync(database.Client));

        await using ChildProcess tail = await gathered.CopyAsync("--since", TimeWindow.Text(gathered.Begin + (24_990 * 1_000_000L)));
        Assert.Contains($"{gathered.Name}: 10 rows copied", tail.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Copy_RowsThatCannotBeStored_AreToldByTheirPlaceAndCostNoOther()
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);
        using var gathered = new GatheredRows(database.Url);
        await gathered.FillAsync(50);
        List<string> good = gathered.Shown();
        gathered.Add(gathered.Begin + 1, "infinite", double.PositiveInfinity);
        gathered.Add(gathered.Begin + 2, new string('k', 256), 1);
        gathered.Add(gathered.Begin + (30L * 86_400_000_000), "ahead", 1);
        gathered.Add(gathered.Begin - (100L * 86_400_000_000), "old", 1);

        await using ChildProcess copy = await gathered.CopyAsync();

        Assert.Equal(1, copy.ExitCode);
        Assert.Contains($"! {gathered.Name} {TimeWindow.Text(gathered.Begin + 1)} venue=infinite, side=added: x is Infinity", copy.Output, StringComparison.Ordinal);
        Assert.Contains("venue has 256 characters", copy.Output, StringComparison.Ordinal);
        Assert.Contains("venue=ahead, side=added: the timestamp", copy.Output, StringComparison.Ordinal);
        Assert.Contains("50 rows copied; 1 left out, older than the 90 DAYS that the table keeps; 3 bad, told above", copy.Output, StringComparison.Ordinal);
        Assert.Equal(good, await gathered.ShownAsync(database.Client));
    }

    [SkippableFact]
    public async Task Copy_TableWithoutKeys_IsRefusedUnlessAskedFor()
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);
        using var gathered = new GatheredRows(database.Url, withKeys: false);
        await gathered.FillAsync(20);
        gathered.Add(gathered.Begin + 1, "infinite", double.NegativeInfinity);

        await using ChildProcess refused = await gathered.CopyAsync();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("give --without-keys", refused.Output, StringComparison.Ordinal);

        await using ChildProcess asked = await gathered.CopyAsync("--without-keys");
        Assert.Equal(1, asked.ExitCode);
        Assert.Contains($"! {gathered.Name} rowid 21: x is -Infinity", asked.Output, StringComparison.Ordinal);
        Assert.Contains("20 rows copied", asked.Output, StringComparison.Ordinal);
        Assert.Equal(20, (await gathered.ShownAsync(database.Client)).Count);
    }

    [SkippableFact]
    public async Task Copy_TableThatHasRowsAlready_TellsThemApart()
    {
        Skip.IfNot(QuestDb.Available(out string reason), reason);
        using var gathered = new GatheredRows(database.Url);
        await gathered.FillAsync(10);
        await using ChildProcess first = await gathered.CopyAsync();
        await database.Client.ExecAsync($"INSERT INTO {gathered.Name} (ts, venue, side, up) VALUES ({gathered.Begin + 5}, 'elsewhere', '', true)");
        await database.Client.ExecUntilAsync($"SELECT * FROM {gathered.Name}", rows => rows.Rows.Count == 11, CollectorProcess.Soon);

        await using ChildProcess again = await gathered.CopyAsync();

        Assert.Equal(0, again.ExitCode);
        Assert.Contains("shows 11 from the first to the last, 1 of them from elsewhere", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_NothingToReachOrToRead_SaysWhatToDo()
    {
        using var gathered = new GatheredRows(new Uri($"http://127.0.0.1:{FreePort.Next()}"));

        await using ChildProcess noFile = await gathered.CopyAsync();
        await gathered.FillAsync(1);
        await using ChildProcess noServer = await gathered.CopyAsync();
        await using ChildProcess noTable = await gathered.CopyAsync("--table", "other");
        await using ChildProcess noTime = await gathered.CopyAsync("--since", "yesterday");
        await File.WriteAllTextAsync(gathered.Database, new string('x', 5000));
        await using ChildProcess noSqlite = await gathered.CopyAsync("--dry-run");

        Assert.Equal((1, 1, 2, 2, 1), (noFile.ExitCode, noServer.ExitCode, noTable.ExitCode, noTime.ExitCode, noSqlite.ExitCode));
        Assert.Contains("Give the SQLite file with --from", noFile.ErrorOutput, StringComparison.Ordinal);
        Assert.Contains("Nothing was copied: QuestDB at", noServer.ErrorOutput, StringComparison.Ordinal);
        Assert.Contains($"There is no schema file for the table other; there are collector_status, {gathered.Name}, source_status.", noTable.ErrorOutput, StringComparison.Ordinal);
        Assert.Contains("write it as 2026-01-31", noTime.ErrorOutput, StringComparison.Ordinal);
        Assert.Contains("cannot be read", noSqlite.ErrorOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_Interrupted_SaysHowToGoOn()
    {
        await using FaultyDatabase slow = await FaultyDatabase.StartAsync();
        var sent = new TaskCompletionSource();
        slow.Rule = (_, _) =>
        {
            sent.TrySetResult();
            return WriteFaults.KeepAndHang;
        };
        await using var collector = new CollectorProcess("sources:\n  host:\n    - interval: 200ms");
        await collector.StartReadyAsync();
        await collector.MetricsUntilAsync(page => page.Count("collector_rows_delivered_total", "host_metrics") >= 3);
        await collector.EndAsync(UnixSignal.Terminate);

        await using var copy = ChildProcess.StartProgram("collector/App", "collector", ["copy", "-c", collector.ConfigFile, "--to", slow.Url.ToString(), "--table", "host_metrics"]);
        await sent.Task.WaitAsync(CollectorProcess.Soon);
        copy.Signal(UnixSignal.Interrupt);

        Assert.Equal(1, await copy.WaitForExitAsync(CollectorProcess.Soon));
        Assert.Contains("Interrupted. Copying again is safe", copy.Output, StringComparison.Ordinal);
        Assert.Contains("--table host_metrics", copy.Output, StringComparison.Ordinal);
    }
}
