using Collector.IntegrationTests.Support;
using Collector.Pipe.Delivery;

namespace Collector.IntegrationTests.Stores;

/// <summary>
/// What happens to a table behind the collector's back, on a server that makes tables out of any line: it comes back without
/// dedup keys and TTL, until a look notices. No row is lost then, and none doubled, though batches are sent again.
/// </summary>
[Collection(AutoCreatingQuestDb.Collection)]
public sealed class ChangedTableTests(AutoCreatingQuestDb database)
{
    [SkippableTheory]
    [InlineData("DROP TABLE {0}", 101)]
    [InlineData("RENAME TABLE {0} TO {0}_old", 101)]
    [InlineData("ALTER TABLE {0} DEDUP DISABLE", 1)]
    [InlineData("ALTER TABLE {0} SET TTL 0 HOURS", 1)]
    [InlineData("ALTER TABLE {0} DROP COLUMN note", 1)]
    [InlineData("TRUNCATE TABLE {0}", 101)]
    public async Task Look_TableChangedByHand_IsMendedBeforeItsNextBatchAndEveryRowIsThereOnce(string statement, int firstLeft)
    {
        await using var table = new WatchedTable(database.Server);
        await table.DeliverAsync(1, 100);
        await table.LookAsync();
        await table.ShowsAsync(1, 100);

        await database.Server.ExecAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, statement, table.Name));
        await table.DeliverAsync(101, 100); // nobody has looked yet: the server makes what it lacks, as it likes
        await table.AppliedAsync();
        await table.LookAsync();
        await table.DeliverAsync(201, 100);
        await table.DeliverAsync(101, 200); // sent again, as after a lost answer

        await table.ShowsAsync(firstLeft, 301 - firstLeft);
        await table.IsWholeAsync();
        if (statement.StartsWith("RENAME", StringComparison.Ordinal))
        {
            await table.ShowsAsync(1, 100, table.Name + "_old");
        }
    }

    [SkippableFact]
    public async Task Look_RowsWithEqualKeysCameMeanwhile_IsHaltedAndTheRowsStay()
    {
        await using var table = new WatchedTable(database.Server);
        await table.DeliverAsync(1, 10);
        await database.Server.ExecAsync($"DROP TABLE {table.Name}");
        await table.DeliverAsync(11, 10);
        await table.DeliverAsync(11, 10);
        await table.LookAsync();

        Assert.Contains("has rows and no dedup keys", Assert.IsType<Outcome.Halted>(await table.TryAsync(21, 10)).Reason, StringComparison.Ordinal);

        // A person settles it as the reason says.
        await database.Server.ExecAsync($"RENAME TABLE {table.Name} TO {table.Name}_twice");
        await table.DeliverAsync(21, 10);
        await table.ShowsAsync(21, 10);
        await table.IsWholeAsync();
    }

    /// <summary>The server names the time as it likes, and keeps that name.</summary>
    [SkippableFact]
    public async Task Look_TimeOfAnotherNameThanTheServers_IsHaltedAndTellsWhatToDo()
    {
        await using var table = new WatchedTable(database.Server, "ts");
        await table.DeliverAsync(1, 10);
        await database.Server.ExecAsync($"DROP TABLE {table.Name}");
        await table.DeliverAsync(11, 10);
        await table.LookAsync();

        Assert.Contains("has the designated timestamp timestamp, the schema file says ts; rename the table", Assert.IsType<Outcome.Halted>(await table.TryAsync(21, 10)).Reason, StringComparison.Ordinal);
    }

    /// <summary>The server's folder is replaced by a copy from before the table was there.</summary>
    [SkippableFact]
    public async Task Look_ServerStartedOnAnOlderCopyOfItsFolder_IsMendedBeforeItsNextBatch()
    {
        QuestDbServer server = database.Server;
        await using var table = new WatchedTable(server);
        using var copy = new TemporaryFolder();
        await server.StopAsync();
        Copy(server.DataFolder, copy.Path);
        await server.StartAgainAsync();
        await table.DeliverAsync(1, 100);
        await table.LookAsync();

        await server.StopAsync();
        Directory.Delete(server.DataFolder, recursive: true);
        Copy(copy.Path, server.DataFolder);
        await server.StartAgainAsync();
        await table.DeliverAsync(101, 100);
        await table.LookAsync();
        await table.DeliverAsync(201, 100);
        await table.DeliverAsync(101, 200);

        await table.ShowsAsync(101, 200);
        await table.IsWholeAsync();
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }
}
