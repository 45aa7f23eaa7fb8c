using System.Text;
using Collector.Pipe.Spool;

namespace Collector.Tests.Pipe.Spool;

public sealed class SpoolLogTests : IDisposable
{
    private readonly SpoolFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Read_AfterAppends_GivesTheBytesBack()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        SpoolFixture.Append(log, rows: 3, 'x');
        SpoolFixture.Append(log, rows: 900, 'y', width: 150);
        SpoolFixture.Append(log, rows: 1, 'z');

        List<(ulong Id, int Rows, string Lines)> found = SpoolFixture.ReadAll(log);

        Assert.Equal([1UL, 2UL, 3UL], found.Select(r => r.Id));
        Assert.Equal(Encoding.ASCII.GetString(SpoolFixture.Lines(3, 'x')), found[0].Lines);
        Assert.Equal(Encoding.ASCII.GetString(SpoolFixture.Lines(900, 'y', 150)), found[1].Lines);
        Assert.Equal(Encoding.ASCII.GetString(SpoolFixture.Lines(1, 'z')), found[2].Lines);
    }

    [Fact]
    public void Read_RecordLargerThanAnyBuffer_GivesTheBytesBack()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        SpoolFixture.Append(log, rows: 1, 'x');
        SpoolFixture.Append(log, rows: 30_001, 'y', width: 90);
        SpoolFixture.Append(log, rows: 1, 'z');

        List<(ulong Id, int Rows, string Lines)> found = SpoolFixture.ReadAll(log);

        Assert.Equal([1, 30_001, 1], found.Select(r => r.Rows));
        Assert.Equal(Encoding.ASCII.GetString(SpoolFixture.Lines(30_001, 'y', 90)), found[1].Lines);
    }

    [Fact]
    public void Read_WithLimits_GivesWholeRecordsWithinThem()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        foreach (int rows in (int[])[4, 4, 4, 20])
        {
            SpoolFixture.Append(log, rows);
        }

        using SpoolReader reader = log.OpenReader();
        var batch = new SpoolBatch();
        var rowsRead = new List<int>();
        while (reader.Read(batch, maxRows: 10, maxBytes: 10_000))
        {
            rowsRead.Add(batch.Rows);
        }

        Assert.Equal([8, 4, 20], rowsRead);
        Assert.Equal(0, reader.PendingRows);
    }

    [Fact]
    public void Complete_OutOfOrder_OffersOnlyTheRestAfterReopen()
    {
        using (SpoolDirectory spool = _fixture.Open())
        {
            SpoolLog log = spool.Log("trades");
            for (int i = 0; i < 10; i++)
            {
                SpoolFixture.Append(log);
            }

            log.Complete(1, 2);
            log.Complete(5, 6);
            log.Complete(9, 9);
            Assert.Equal(3UL, log.Watermark);
        }

        SpoolLog again = _fixture.Open().Log("trades");

        Assert.Equal([3UL, 4UL, 7UL, 8UL, 10UL], SpoolFixture.Ids(again));
        Assert.Equal(5, again.Counts().RecoveredRows);
        Assert.Equal(0, again.Counts().Remainder);
        Assert.Equal(default, again.Damage);
    }

    [Fact]
    public void Append_AfterEverythingWasDeliveredAndReopened_ReusesNoId()
    {
        ulong last;
        using (SpoolDirectory spool = _fixture.Open())
        {
            SpoolLog log = spool.Log("trades");
            SpoolFixture.Append(log);
            last = SpoolFixture.Append(log);
            log.Complete(1, last);
            Assert.True(log.Reclaim());
        }

        Assert.Empty(_fixture.Segments());
        Assert.Equal(last + 1, SpoolFixture.Append(_fixture.Open().Log("trades")));
    }

    [Fact]
    public void Append_AfterAKill_LeavesIdsOutForWhatMayBeLost()
    {
        SpoolFixture.Append(_fixture.Open().Log("trades"));

        SpoolLog log = _fixture.OpenAsAfterKill(out _).Log("trades");
        ulong id = SpoolFixture.Append(log);

        Assert.True(id > 1 + SegmentRecovery.IdJump);
        Assert.Equal([1UL, id], SpoolFixture.Ids(log));
        log.Complete(1, 1);
        log.Complete(id, id);
        Assert.Equal(id + 1, log.Watermark);
        Assert.Equal(default, log.Damage);
    }

    [Fact]
    public void Append_BeyondSegmentBytes_RotatesAndDeliveredSegmentsGo()
    {
        _fixture.Options = _fixture.Options with { SegmentBytes = new(64 << 10) };
        SpoolDirectory spool = _fixture.Open();
        SpoolLog log = spool.Log("trades");
        for (int i = 0; i < 30; i++)
        {
            SpoolFixture.Append(log, rows: 100, width: 90);
        }

        Assert.True(_fixture.Segments().Length > 3);
        Assert.Equal(_fixture.Segments().Sum(f => new FileInfo(f).Length), spool.TotalBytes);

        log.Complete(1, 30);

        Assert.Empty(SpoolFixture.Ids(log));
        Assert.Equal(_fixture.Segments().Sum(f => new FileInfo(f).Length), spool.TotalBytes);
        Assert.True(_fixture.Segments().Length <= 1);
        Assert.Equal(3000, log.Counts().DeliveredRows);
        Assert.Equal(0, log.Counts().Remainder);
        Assert.Null(log.OldestPending);
    }

    [Fact]
    public async Task WaitAsync_OnAppend_Wakes()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        using SpoolReader reader = log.OpenReaderAtEnd();
        Task<bool> waiting = reader.WaitAsync(CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);

        SpoolFixture.Append(log);

        Assert.True(await waiting);
    }

    [Fact]
    public async Task WaitAsync_OnDispose_EndsWithFalse()
    {
        SpoolDirectory spool = _fixture.Open();
        using SpoolReader reader = spool.Log("trades").OpenReader();
        Task<bool> waiting = reader.WaitAsync(CancellationToken.None).AsTask();

        spool.Dispose();

        Assert.False(await waiting);
        Assert.False(reader.Read(new SpoolBatch(), 1, 1));
    }

    [Fact]
    public async Task OpenReader_BacklogBesideFresh_ShareNothing()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        SpoolFixture.Append(log, rows: 2);
        SpoolFixture.Append(log, rows: 3);
        using SpoolReader fresh = log.OpenReaderAtEnd();
        using SpoolReader backlog = log.OpenReader(stopBefore: fresh.NextId);
        SpoolFixture.Append(log, rows: 4);
        Assert.Equal(5, backlog.PendingRows);
        Assert.Equal(4, fresh.PendingRows);

        var old = new SpoolBatch();
        var recent = new SpoolBatch();
        Assert.True(backlog.Read(old, 100, 10_000));
        Assert.True(fresh.Read(recent, 100, 10_000));

        Assert.Equal((1UL, 2UL, 5), (old.FirstId, old.LastId, old.Rows));
        Assert.Equal((3UL, 3UL, 4), (recent.FirstId, recent.LastId, recent.Rows));
        Assert.False(backlog.Read(old, 100, 10_000));
        Assert.True(backlog.IsFinished);
        Assert.False(await backlog.WaitAsync(CancellationToken.None));
    }

    [Fact]
    public void Append_WhenTheDiskIsFullHalfway_FailsAndLeavesNoGarbage()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        SpoolFixture.Append(log);
        _fixture.Disk.FailsWrites = true;
        AppendResult failed = SpoolFixture.TryAppend(log, SpoolFixture.Lines(1), 1);
        _fixture.Disk.Heal();

        Assert.Equal(AppendStatus.Failed, failed.Status);
        Assert.Equal("No space left on device", failed.Error);
        Assert.Equal(2UL, SpoolFixture.Append(log, rows: 1, 'b'));
        Assert.Equal([1UL, 2UL], SpoolFixture.Ids(log));
        Assert.Equal(default, _fixture.OpenAsAfterKill(out _).Log("trades").Damage);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Append_WhenTheFileCannotBeCutBack_GoesOnInANewSegment(int before)
    {
        SpoolLog log = _fixture.Open().Log("trades");
        for (int i = 0; i < before; i++)
        {
            SpoolFixture.Append(log);
        }

        SpoolFixture.Append(log);
        _fixture.Disk.FailsWrites = true;
        _fixture.Disk.FailsSetLength = true;
        Assert.Equal(AppendStatus.Failed, SpoolFixture.TryAppend(log, SpoolFixture.Lines(500, width: 100), 500).Status);
        _fixture.Disk.Heal();
        ulong id = SpoolFixture.Append(log);

        ulong[] expected = [.. Enumerable.Range(1, before + 1).Select(i => (ulong)i), id];
        Assert.Equal(expected, SpoolFixture.Ids(log));
        SpoolLog again = _fixture.OpenAsAfterKill(out _).Log("trades");
        Assert.Equal(expected, SpoolFixture.Ids(again));
        Assert.True(again.Damage.TornBytes > 0);
        log.Complete(1, id);
        Assert.Equal(id + 1, log.Watermark);
        Assert.Equal(0, log.Counts().Remainder);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no newline")]
    public async Task AppendAsync_NotWholeLines_IsAFaultOfTheCaller(string lines)
    {
        SpoolLog log = _fixture.Open().Log("trades");

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await log.AppendAsync(Encoding.ASCII.GetBytes(lines), 1));
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(1000, 20)]
    public void AppendAsync_InSteadyState_AllocatesNothing(int rows, int times)
    {
        SpoolLog log = _fixture.Open().Log("trades");
        byte[] lines = SpoolFixture.Lines(rows, width: 130);

        Assert.Equal(0, Allocation.Least(() => Append(log, lines, times)));
    }

    [Fact]
    public async Task Read_BetweenTwoFullSegmentsDoneOutOfOrder_GoesOnBehindThem()
    {
        _fixture.Options = _fixture.Options with { SegmentBytes = new(64 << 10) };
        SpoolLog log = _fixture.Open().Log("trades");
        SpoolFixture.Append(log);
        SpoolFixture.Append(log, rows: 600, width: 90);
        ulong last = SpoolFixture.Append(log, rows: 100, width: 90); // goes into the second segment
        log.Complete(2, last);
        _fixture.Disk.FailsWrites = _fixture.Disk.FailsSetLength = true;
        SpoolFixture.TryAppend(log, SpoolFixture.Lines(1), 1); // cannot be cut off again: the segment is given up
        _fixture.Disk.Heal();
        ulong next = SpoolFixture.Append(log);

        Task<ulong[]> reading = Task.Run(() => SpoolFixture.Ids(log));

        Assert.Equal([1, next], await reading.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Read_InSteadyState_AllocatesNothing()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        Append(log, SpoolFixture.Lines(1, width: 130), 4000);
        using SpoolReader reader = log.OpenReader();
        var batch = new SpoolBatch();
        for (int i = 0; i < 80; i++)
        {
            Assert.True(reader.Read(batch, 20, 1 << 20));
        }

        long allocated = Allocation.Least(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                reader.Read(batch, 20, 1 << 20);
            }
        });

        Assert.Equal(0, allocated);
        Assert.Equal(20, batch.Rows);
    }

    [Fact]
    public async Task Append_SyncOfNamesFailedOnce_IsMadeUpForBeforeTheNextCounts()
    {
        _fixture.Options = _fixture.Options with { Fsync = FsyncMode.Always };
        SpoolLog log = _fixture.Open().Log("trades");
        _fixture.Disk.FailsDirectories = 2;
        _fixture.Disk.SyncedDirectories.Clear();

        Assert.Equal(AppendStatus.Failed, (await log.AppendAsync(SpoolFixture.Lines(1), 1)).Status);
        Assert.Equal(AppendStatus.Failed, (await log.AppendAsync(SpoolFixture.Lines(1), 1)).Status);
        Assert.NotNull(log.SyncError);
        Assert.Equal(AppendStatus.Appended, (await log.AppendAsync(SpoolFixture.Lines(1), 1)).Status);
        Assert.Equal(AppendStatus.Appended, (await log.AppendAsync(SpoolFixture.Lines(1), 1)).Status);

        Assert.Null(log.SyncError);
        Assert.Single(_fixture.Segments());
        Assert.Equal([_fixture.LogFolder], _fixture.Disk.SyncedDirectories);
    }

    [Fact]
    public void Sync_NamesFailedAndNothingWasWrittenSince_TriesThemAgain()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        SpoolFixture.Append(log);
        _fixture.Disk.FailsDirectories = 1;

        Assert.NotNull(log.Sync());
        Assert.Null(log.Sync());

        Assert.Null(log.SyncError);
        Assert.Equal(_fixture.LogFolder, _fixture.Disk.SyncedDirectories[^1]);
    }

    private static void Append(SpoolLog log, byte[] lines, int times)
    {
        for (int i = 0; i < times; i++)
        {
            if (SpoolFixture.TryAppend(log, lines, 1).Status != AppendStatus.Appended)
            {
                throw new InvalidOperationException("refused");
            }
        }
    }

    [Fact]
    public void OpenReaderNearEnd_ManySegments_OffersWhatIsPendingInTheTwoNewest()
    {
        _fixture.Options = _fixture.Options with { SegmentBytes = new(64 << 10) };
        SpoolLog log = _fixture.Open().Log("trades");
        while (_fixture.Segments().Length < 4)
        {
            SpoolFixture.Append(log, rows: 50, width: 100);
        }

        ulong last = SpoolFixture.Append(log);
        ulong first = ulong.Parse(Path.GetFileNameWithoutExtension(_fixture.Segments()[2]));
        log.Complete(first, first);

        Assert.Equal([.. Enumerable.Range((int)first + 1, (int)(last - first)).Select(id => (ulong)id)], NearEnd(log));
        Assert.Equal(0, log.Counts().Remainder);
        log.Complete(1, last);
        Assert.Empty(NearEnd(log));
    }

    [Fact]
    public void OpenReaderNearEnd_EmptyLog_OffersNothingAndEnds()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        Assert.Empty(NearEnd(log));

        SpoolFixture.Append(log);
        Assert.Equal([2UL], NearEnd(log));
    }

    private static ulong[] NearEnd(SpoolLog log)
    {
        var ids = new List<ulong>();
        var batch = new SpoolBatch();
        using SpoolReader reader = log.OpenReaderNearEnd();
        SpoolFixture.Append(log); // comes too late for it
        while (reader.Read(batch, 100, 1 << 20))
        {
            ids.AddRange(batch.Records.ToArray().Select(record => record.Id));
        }

        log.Complete(log.NextId - 1, log.NextId - 1);
        return [.. ids];
    }
}
