using Collector.Lines;
using Collector.Pipe.Delivery;
using Collector.Pipe.Replay;
using Collector.Pipe.Spool;

namespace Collector.Tests.Pipe.Replay;

/// <summary>Each row is replayed once: at every point at which a replay can end, the next start finishes it.</summary>
public sealed class ReplayerTests : IDisposable
{
    private readonly SpoolRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void TakeAll_Entries_AreInTheLogOnceAndOutOfQuarantine()
    {
        Keep("a", "b", "c");
        Hand(Entry("a"), Entry("c"));
        using SpoolDirectory spool = _room.Open();
        _room.Append(spool, "before");
        Replayer replayer = _room.Replayer(spool);

        ReplayOutcome taken = Assert.Single(replayer.TakeAll());
        Assert.Equal("(2, 0)", $"({taken.Replayed}, {taken.Refused}){string.Concat(QuarantineFile.Read(_room.QuarantineFolder, "t").Where(kept => kept.Entry.Reason != "a cast").Select(kept => kept.Entry.Reason))}");
        Assert.Empty(replayer.TakeAll());
        _room.Append(spool, "after");

        Assert.Equal(["before", "a", "c", "after"], Keys(spool), StringComparer.Ordinal);
        Assert.Equal(["b"], Kept(), StringComparer.Ordinal);
        SpoolCounts counts = spool.Log("t").Counts();
        Assert.Equal((2, 2, 4, 0), (counts.AcceptedRows, counts.ReplayedRows, counts.PendingRows, counts.Remainder));
        Assert.Equal(new FileInfo(Path.Combine(_room.QuarantineFolder, "t.jsonl")).Length, _room.Quarantine().Bytes);
    }

    [Fact]
    public void TakeAll_SameEntryAskedForTwice_IsReplayedOnce()
    {
        Keep("a");
        ReplayItem entry = Entry("a");
        Hand(entry);
        Hand(entry);
        using SpoolDirectory spool = _room.Open();

        Assert.Equal([1, 0], _room.Replayer(spool).TakeAll().Select(outcome => outcome.Replayed));

        Assert.Equal(["a"], Keys(spool), StringComparer.Ordinal);
    }

    [Fact]
    public void TakeAll_KilledBeforeTheEntriesLeaveQuarantine_FinishesAfterTheNextStart()
    {
        Keep("a", "b");
        Hand(Entry("a"));
        string inTheWay = Path.Combine(_room.QuarantineFolder, "t.jsonl.changed");
        Directory.CreateDirectory(inTheWay);
        using (SpoolDirectory spool = _room.Open())
        {
            Assert.NotNull(Assert.Single(_room.Replayer(spool).TakeAll()).Waits);
            Assert.Equal(["a", "b"], Kept(), StringComparer.Ordinal);
        }

        Assert.Equal([".request", ".rows"], Waiting(), StringComparer.Ordinal);
        Directory.Delete(inTheWay);
        AssertFinished();
    }

    [Fact]
    public void TakeAll_KilledBeforeTheRowsAreInTheLog_FinishesAfterTheNextStart()
    {
        Keep("a", "b");
        Hand(Entry("a"));
        using (SpoolDirectory spool = _room.Open())
        {
            _room.Append(spool, "before");
            spool.Log("t").Complete(1, 1);
            _room.Disk.FailsWrites = true;
            Assert.NotNull(Assert.Single(_room.Replayer(spool).TakeAll()).Waits);
            _room.Disk.Heal();
        }

        Assert.Equal([".rows"], Waiting(), StringComparer.Ordinal);
        Assert.Equal(["b"], Kept(), StringComparer.Ordinal);
        AssertFinished();
    }

    [Fact]
    public void TakeAll_FullSpool_WaitsAndCountsNothing()
    {
        Keep("a");
        Hand(Entry("a"));
        using SpoolDirectory spool = _room.Open();
        long used = spool.TotalBytes;
        using var full = SpoolDirectory.Open(
            new SpoolOptions { Directory = _room.File_("other"), MinFreeBytes = new(1) }, _room.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, _room.Disk);
        Directory.Move(Path.Combine(_room.Spool, ".replay"), Path.Combine(full.Root, ".replay"));
        _room.Disk.Free = 0;

        Assert.Equal("the spool is full", Assert.Single(_room.Replayer(full).TakeAll()).Waits);
        Assert.Equal(used, full.TotalBytes);

        _room.Disk.Free = long.MaxValue;
        _room.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, Assert.Single(_room.Replayer(full).TakeAll()).Replayed);
        Assert.Equal(["a"], Keys(full), StringComparer.Ordinal);
    }

    [Fact]
    public void TakeAll_RowThatDoesNotFit_StaysWithTheNewReason()
    {
        Keep("old", "a");
        Hand(Entry("old") with { Rows = _room.Rows("old") }, Entry("a") with { Rows = "t,k=a n=1.5 1767323045000000000"u8.ToArray() });
        _room.Clock.Advance(TimeSpan.FromDays(31));
        using SpoolDirectory spool = _room.Open();

        ReplayOutcome outcome = Assert.Single(_room.Replayer(spool).TakeAll());

        Assert.Equal((0, 2), (outcome.Replayed, outcome.Refused));
        QuarantinedEntry[] kept = [.. QuarantineFile.Read(_room.QuarantineFolder, "t")];
        Assert.Contains("older than the table keeps", kept[0].Entry.Reason, StringComparison.Ordinal);
        Assert.Equal("type", kept[1].Entry.Fault);
        Assert.Equal("t,k=a n=1.5 1767323045000000000", kept[1].Entry.Line);
        Assert.Empty(Keys(spool));
        Assert.Empty(Waiting());
    }

    [Fact]
    public void TakeAll_EntryOfSeveralEqualLines_IsAsManyRows()
    {
        Refuse("a", LineFaultKind.Value, times: 3);
        Hand(Entry("a"));
        using SpoolDirectory spool = _room.Open();

        Assert.Equal(3, Assert.Single(_room.Replayer(spool).TakeAll()).Replayed);

        Assert.Equal(["a", "a", "a"], Keys(spool), StringComparer.Ordinal);
        Assert.Empty(Kept());
    }

    [Fact]
    public void TakeAll_EntryOfWhichOnlyTheHeadIsKept_StaysUntilItIsCorrected()
    {
        Refuse("a", LineFaultKind.Length, times: 1);
        Hand(Entry("a"));
        using SpoolDirectory spool = _room.Open();
        Replayer replayer = _room.Replayer(spool);

        ReplayOutcome refused = Assert.Single(replayer.TakeAll());

        Assert.Equal((0, 1), (refused.Replayed, refused.Refused));
        Assert.Contains("were kept; have its sender send it again", Assert.Single(QuarantineFile.Read(_room.QuarantineFolder, "t")).Entry.Reason, StringComparison.Ordinal);

        Hand(Entry("a") with { Rows = _room.Rows("b") });
        Assert.Equal(1, Assert.Single(replayer.TakeAll()).Replayed);
        Assert.Equal(["b"], Keys(spool), StringComparer.Ordinal);
        Assert.Empty(Kept());
    }

    [Fact]
    public void TakeAll_RowWhoseBatchIsUnderWay_WaitsForItsEnd()
    {
        using SpoolDirectory spool = _room.Open();
        ulong record = _room.Append(spool, "a", "b");
        _room.Keep(_room.Quarantine(), record, 1, "b");
        Hand(Entry("b"));
        Replayer replayer = _room.Replayer(spool);

        Assert.NotNull(Assert.Single(replayer.TakeAll()).Waits);
        Assert.Equal(["b"], Kept(), StringComparer.Ordinal);

        spool.Log("t").Complete(record, record);
        Assert.Equal(1, Assert.Single(replayer.TakeAll()).Replayed);
        Assert.Equal(["b"], Keys(spool), StringComparer.Ordinal);
    }

    [Fact]
    public void TakeAll_RequestThatIsNone_IsKeptAndTold()
    {
        Keep("a");
        File.WriteAllText(Hand(Entry("a")), "{");
        using SpoolDirectory spool = _room.Open();

        Assert.NotNull(Assert.Single(_room.Replayer(spool).TakeAll()).Waits);
        Assert.Empty(_room.Replayer(spool).TakeAll());
        Assert.Equal([".corrupt"], Waiting(), StringComparer.Ordinal);
    }

    [Fact]
    public void Open_AfterAReplay_DeliversItAndKnowsItForReplayed()
    {
        Keep("a");
        Hand(Entry("a"));
        using (SpoolDirectory spool = _room.Open())
        {
            _room.Append(spool, "fresh");
            _room.Replayer(spool).TakeAll();
        }

        using SpoolDirectory after = _room.Open();
        using SpoolReader end = after.Log("t").OpenReaderNearEnd();
        var batch = new SpoolBatch();
        Assert.True(end.Read(batch, 10, 1000));
        Assert.Equal(_room.Rows("fresh"), batch.Lines.ToArray());
        Assert.False(end.Read(batch, 10, 1000));
        Assert.Equal(["fresh", "a"], Keys(after), StringComparer.Ordinal);
    }

    private void AssertFinished()
    {
        using (SpoolDirectory spool = _room.Open())
        {
            Assert.Equal(1, Assert.Single(_room.Replayer(spool).TakeAll()).Replayed);
            Assert.Equal(["a"], Keys(spool), StringComparer.Ordinal);
            Assert.Equal(["b"], Kept(), StringComparer.Ordinal);
        }

        using SpoolDirectory again = _room.Open();
        Assert.Empty(_room.Replayer(again).TakeAll());
        Assert.Equal(["a"], Keys(again), StringComparer.Ordinal);
        Assert.Empty(Waiting());
    }

    private void Keep(params string[] keys)
    {
        Quarantine quarantine = _room.Quarantine();
        for (int i = 0; i < keys.Length; i++)
        {
            _room.Keep(quarantine, 900, i, keys[i]);
        }
    }

    private void Refuse(string key, LineFaultKind kind, int times)
    {
        byte[] line = [.. _room.Rows(key)[..^1], .. kind == LineFaultKind.Length ? Enumerable.Repeat((byte)'0', 2000) : [], (byte)'\n'];
        var row = new RefusedRow(SpoolRoom.Table, "gateway", new LineFault(kind, "", "a fault"), line);
        Assert.Equal(times, _room.Quarantine().KeepRefused([.. Enumerable.Repeat(row, times)], _room.Clock.GetUtcNow()));
    }

    private string Hand(params ReplayItem[] items) =>
        ReplayFolder.Hand(_room.Spool, "t", $"{Directory.GetFiles(TableFolder.Make(Path.Combine(_room.Spool, ".replay"), "t")).Length}", new ReplayRequest(items));

    private ReplayItem Entry(string key) =>
        new(QuarantineFile.Read(_room.QuarantineFolder, "t").Single(entry => entry.Entry.Line.StartsWith($"t,k={key} ", StringComparison.Ordinal)).Id, "t", null);

    private string[] Kept() => [.. QuarantineFile.Read(_room.QuarantineFolder, "t").Select(entry => Key(entry.Entry.Line))];

    private string[] Waiting() => [.. Directory.GetFiles(Path.Combine(_room.Spool, ".replay", "t")).Select(file => Path.GetExtension(file)).Order(StringComparer.Ordinal)];

    private static string[] Keys(SpoolDirectory spool) => [.. SpoolFixture.ReadAll(spool.Log("t")).Select(record => Key(record.Lines))];

    private static string Key(string line) => line["t,k=".Length..line.IndexOf(' ', StringComparison.Ordinal)];
}
