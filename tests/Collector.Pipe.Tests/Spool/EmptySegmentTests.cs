using Collector.Pipe.Spool;

namespace Collector.Tests.Pipe.Spool;

/// <summary>A segment whose first record failed is a file with a name and no row: it must not be in the next one's way.</summary>
public sealed class EmptySegmentTests
{
    [Fact]
    public void Append_FirstRecordFailedThenTheSync_TakesRowsAgain()
    {
        using var fixture = new SpoolFixture();
        SpoolDirectory spool = fixture.Open();
        SpoolLog log = spool.Log("trades");
        FailFirstRecord(fixture, log);
        fixture.Disk.FailsSync = true;
        Assert.NotNull(log.Sync());
        fixture.Disk.Heal();

        SpoolFixture.Append(log);

        Assert.Single(SpoolFixture.ReadAll(log));
        Assert.Equal(spool.TotalBytes, log.TotalBytes);
    }

    [Fact]
    public void Append_EmptySegmentCannotBeRemoved_TakesRowsAgain()
    {
        using var fixture = new SpoolFixture();
        SpoolLog log = fixture.Open().Log("trades");
        // What stands at the name is no file of the log's, and no folder that could be removed.
        Directory.CreateDirectory(Path.Combine(fixture.LogFolder, SegmentFormat.FileName(1)));
        File.WriteAllText(Path.Combine(fixture.LogFolder, SegmentFormat.FileName(2)), "in the way");

        AppendResult blocked = SpoolFixture.TryAppend(log, SpoolFixture.Lines(1), 1);
        AppendResult next = SpoolFixture.TryAppend(log, SpoolFixture.Lines(1), 1);

        Assert.Equal((AppendStatus.Appended, AppendStatus.Appended), (blocked.Status, next.Status));
        Assert.Equal([blocked.RecordId, next.RecordId], SpoolFixture.Ids(log));
        Directory.Delete(Path.Combine(fixture.LogFolder, SegmentFormat.FileName(1)));
    }

    [Fact]
    public void Adopt_AfterAFirstRecordFailed_TakesTheRows()
    {
        using var fixture = new SpoolFixture();
        SpoolDirectory spool = fixture.Open();
        SpoolLog log = spool.Log("trades");
        FailFirstRecord(fixture, log);

        AppendResult adopted = log.Adopt(Replayed(fixture), out long rows);

        Assert.Equal((AppendStatus.Appended, 10), (adopted.Status, rows));
        SpoolFixture.Append(log);
        Assert.Equal([10, 1], SpoolFixture.ReadAll(log).Select(record => record.Rows));
        Assert.Equal(spool.TotalBytes, log.TotalBytes);
    }

    [Fact]
    public void Adopt_LeftoverOfAFailedAttempt_TakesTheRows()
    {
        using var fixture = new SpoolFixture();
        SpoolLog log = fixture.Open().Log("trades");
        string rows = Replayed(fixture);
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(rows)!, SegmentFormat.FileName(log.NextId)), "half a copy");

        Assert.Equal(AppendStatus.Appended, log.Adopt(rows, out _).Status);
    }

    private static void FailFirstRecord(SpoolFixture fixture, SpoolLog log)
    {
        fixture.Disk.FailsAbove = SegmentFormat.HeaderSize;
        Assert.Equal(AppendStatus.Failed, SpoolFixture.TryAppend(log, SpoolFixture.Lines(10), 10).Status);
        fixture.Disk.Heal();
    }

    private static string Replayed(SpoolFixture fixture)
    {
        string folder = Directory.CreateDirectory(Path.Combine(fixture.Root, ".replay", "trades")).FullName;
        byte[] lines = SpoolFixture.Lines(10);
        using var writer = SegmentWriter.Create(folder, 99, 1, new SpoolDisk(), isReplayed: true);
        writer.Append(new RecordHead(lines.Length, 99, 1, 10, Crc32C.Of(lines)), lines);
        writer.Seal();
        writer.Sync();
        string rows = Path.Combine(folder, "1.rows");
        File.Move(writer.Segment.Path, rows);
        return rows;
    }
}
