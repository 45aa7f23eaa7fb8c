using System.Text;
using Collector.Pipe.Spool;
using Collector.Settings.Files;

namespace Collector.Tests.Pipe.Spool;

public sealed class SpoolDirectoryTests : IDisposable
{
    private readonly SpoolFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Open_SecondTime_NamesDirectoryAndHolder()
    {
        _fixture.Open();

        SpoolInUseException refused = Assert.Throws<SpoolInUseException>(() => _fixture.Open());

        Assert.Contains(_fixture.Root, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30, "Read-only file system")] // EROFS
    [InlineData(5, "Input/output error")] // EIO
    [InlineData(24, "Too many open files")] // EMFILE
    public void Refusal_NotByALock_SaysWhoCannotWriteAndWhy(int errno, string reason)
    {
        SpoolException refused = SpoolLock.Refusal(_fixture.Root, new IOException(reason, errno));

        Assert.IsNotType<SpoolInUseException>(refused);
        Assert.Contains($"{_fixture.Root} cannot be written by {Environment.UserName}: {reason}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("in use", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WithFilesOfADeadProcess_Succeeds()
    {
        Directory.CreateDirectory(_fixture.Root);
        File.WriteAllText(Path.Combine(_fixture.Root, ".lock"), "");
        File.WriteAllText(Path.Combine(_fixture.Root, ".pid"), "999999");

        SpoolFixture.Append(_fixture.Open().Log("trades"));
    }

    [SkippableFact]
    public void Open_PidCannotBeWritten_Succeeds()
    {
        Skip.If(OperatingSystem.IsWindows(), "links take rights there");
        Directory.CreateDirectory(_fixture.Root);
        File.CreateSymbolicLink(Path.Combine(_fixture.Root, ".pid"), Path.Combine(_fixture.Root, "nowhere", "pid"));

        SpoolFixture.Append(_fixture.Open().Log("trades"));
    }

    [Fact]
    public void Open_FileInPlaceOfTheDirectory_SaysWhatToDo()
    {
        File.WriteAllText(_fixture.Root, "");
        try
        {
            SpoolException refused = Assert.Throws<SpoolException>(() => _fixture.Open());
            Assert.Contains(_fixture.Root, refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(_fixture.Root);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("another")]
    public void Log_NameFileCutShort_IsWrittenAnew(string? content)
    {
        string table = new('ж', 100);
        SpoolDirectory spool = _fixture.Open();
        LeaveNameFile(_fixture.Root, table, content);

        SpoolFixture.Append(spool.Log(table));

        Assert.Equal(table, Assert.Single(_fixture.OpenAsAfterKill(out _).Logs).Table);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("another")]
    public void Open_NameFileLost_TheRowsTellTheTable(string? content)
    {
        string table = $"{new string('ж', 100)} =";
        byte[] row = Encoding.UTF8.GetBytes($"{new string('ж', 100)}\\ \\=,k=a v=1 1\n");
        SpoolFixture.TryAppend(_fixture.Open().Log(table), row, 1);
        LeaveNameFile(_fixture.Root, table, content);

        using (SpoolDirectory again = _fixture.OpenAsAfterKill(out string directory))
        {
            SpoolLog log = Assert.Single(again.Logs);
            Assert.Equal(table, log.Table);
            Assert.Single(SpoolFixture.ReadAll(log));
            Assert.Equal(table, Assert.Single(SpoolView.Open(directory).Tables).Table);
            Assert.Equal(table, File.ReadAllText(Path.Combine(directory, TableFileName.Of(table), TableFolder.NameFile)));
        }
    }

    [Fact]
    public void Log_FoldersNameCannotBeSynced_IsMadeUpForBeforeTheLogIsThere()
    {
        SpoolDirectory spool = _fixture.Open();
        _fixture.Disk.FailsDirectories = 1;
        _fixture.Disk.SyncedDirectories.Clear();

        Assert.Throws<IOException>(() => spool.Log("trades"));
        Assert.Empty(spool.Logs);
        spool.Log("trades");

        Assert.Equal([_fixture.Root], _fixture.Disk.SyncedDirectories);
    }

    [Fact]
    public async Task Open_NamesThatARunBeforeLeftUnsynced_AreSyncedBeforeAnAppendCounts()
    {
        SpoolFixture.Append(_fixture.Open().Log("trades"));
        _fixture.Options = _fixture.Options with { Fsync = FsyncMode.Always };
        _fixture.Disk.SyncedDirectories.Clear();

        SpoolDirectory again = _fixture.OpenAsAfterKill(out string directory);
        await again.Log("trades").AppendAsync(SpoolFixture.Lines(1), 1);

        Assert.Contains(directory, _fixture.Disk.SyncedDirectories);
        Assert.Contains(Path.Combine(directory, "trades"), _fixture.Disk.SyncedDirectories);
    }

    private static void LeaveNameFile(string root, string table, string? content)
    {
        string folder = Path.Combine(root, TableFileName.Of(table));
        Directory.CreateDirectory(folder);
        File.Delete(Path.Combine(folder, TableFolder.NameFile));
        if (content is not null)
        {
            File.WriteAllText(Path.Combine(folder, TableFolder.NameFile), content);
        }
    }

    [Fact]
    public void Open_SegmentOfALaterVersion_IsRefusedByName()
    {
        using (SpoolDirectory spool = _fixture.Open())
        {
            SpoolFixture.Append(spool.Log("trades"));
        }

        string file = _fixture.Segments()[0];
        byte[] bytes = File.ReadAllBytes(file);
        new SegmentHeader(SegmentFormat.Version + 1, 1, 0).Write(bytes);
        File.WriteAllBytes(file, bytes);

        SpoolFormatException refused = Assert.Throws<SpoolFormatException>(() => _fixture.Open());

        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(file));
    }

    [Fact]
    public void Append_SpoolFull_IsRefusedUntilRowsAreDelivered()
    {
        _fixture.Options = _fixture.Options with { MaxBytes = new(1 << 20), SegmentBytes = new(64 << 10) };
        SpoolLog log = _fixture.Open().Log("trades");
        AppendResult result = Fill(log, out int appended);

        Assert.Equal((AppendStatus.Full, FullReason.MaxBytes), (result.Status, result.Reason));
        log.Complete(1, (ulong)appended);

        SpoolFixture.Append(log, rows: 50, width: 100);
        Assert.Equal(0, log.Counts().Remainder);
    }

    [Fact]
    public void Append_FullOfDeliveredOpenSegments_ReclaimsThem()
    {
        _fixture.Options = _fixture.Options with { MaxBytes = new(1 << 20), SegmentBytes = new(256 << 10) };
        SpoolDirectory spool = _fixture.Open();
        for (int i = 0; i < 30; i++)
        {
            // 30 tables with 55 KB each, all delivered, would be more than the spool may hold.
            SpoolLog log = spool.Log($"table{i}");
            log.Complete(1, SpoolFixture.Append(log, rows: 500, width: 100));
        }

        Assert.True(spool.TotalBytes <= 1 << 20);
    }

    [Fact]
    public void Append_DiskNearlyFull_IsRefusedAndAskedAgainAfterASecond()
    {
        _fixture.Options = _fixture.Options with { MinFreeBytes = new(1000) };
        _fixture.Disk.Free = 1100;
        SpoolLog log = _fixture.Open().Log("trades");
        SpoolFixture.Append(log);

        AppendResult refused = SpoolFixture.TryAppend(log, SpoolFixture.Lines(1), 1);
        Assert.Equal((AppendStatus.Full, FullReason.MinFree), (refused.Status, refused.Reason));

        _fixture.Disk.Free = 5000;
        Assert.Equal(AppendStatus.Full, SpoolFixture.TryAppend(log, SpoolFixture.Lines(1), 1).Status);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        SpoolFixture.Append(log);
    }

    [Fact]
    public void Append_DropOldest_DropsTheLargestLogsOldestAndCountsIt()
    {
        _fixture.Options = _fixture.Options with
        {
            MaxBytes = new(1 << 20),
            SegmentBytes = new(64 << 10),
            WhenFull = WhenFull.DropOldest,
        };
        SpoolDirectory spool = _fixture.Open();
        SpoolLog small = spool.Log("small");
        SpoolFixture.Append(small);
        SpoolLog log = spool.Log("trades");
        using SpoolReader reader = log.OpenReader();
        var batch = new SpoolBatch();
        SpoolFixture.Append(log, rows: 50, width: 100);
        Assert.True(reader.Read(batch, 1, 1));
        log.Release(batch);
        for (int i = 0; i < 400; i++)
        {
            SpoolFixture.Append(log, rows: 50, width: 100);
        }

        SpoolCounts counts = log.Counts();
        Assert.True(spool.TotalBytes <= 1 << 20);
        Assert.True(counts.DroppedOldestRows > 0);
        Assert.Equal(0, counts.Remainder);
        Assert.Equal(1, small.Counts().PendingRows);
        Assert.True(reader.Read(batch, 50, 1 << 20));
        Assert.Equal(log.Watermark, batch.FirstId);
        Assert.Equal(counts.PendingRows, SpoolFixture.ReadAll(log).Sum(r => r.Rows));
    }

    [Fact]
    public void Append_DropOldestWhileABatchIsUnderWay_LeavesItsSegment()
    {
        _fixture.Options = _fixture.Options with { MaxBytes = new(1 << 20), SegmentBytes = new(64 << 10), WhenFull = WhenFull.DropOldest };
        SpoolLog log = _fixture.Open().Log("trades");
        using SpoolReader reader = log.OpenReader();
        var batch = new SpoolBatch();
        SpoolFixture.Append(log, rows: 50, width: 100);
        Assert.True(reader.Read(batch, 50, 1 << 20));
        for (int i = 0; i < 400; i++)
        {
            SpoolFixture.Append(log, rows: 50, width: 100);
        }

        // Dropped behind it; its own rows are all there, and are completed as delivered.
        long dropped = log.Counts().DroppedOldestRows;
        Assert.True(dropped > 0);
        Assert.Equal(1UL, log.Watermark);
        log.Complete(batch.FirstId, batch.LastId);
        Assert.Equal((50, dropped, 0), (log.Counts().DeliveredRows, log.Counts().DroppedOldestRows, log.Counts().Remainder));
    }

    [Fact]
    public void Append_DropOldestAndAllIsUnderWay_IsRefusedUntilTheBatchIsDone()
    {
        _fixture.Options = _fixture.Options with { MaxBytes = new(1 << 20), SegmentBytes = new(1 << 22), WhenFull = WhenFull.DropOldest };
        SpoolLog log = _fixture.Open().Log("trades");
        using SpoolReader reader = log.OpenReader();
        SpoolFixture.Append(log, rows: 50, width: 100);
        var batch = new SpoolBatch();
        Assert.True(reader.Read(batch, 50, 1 << 20));

        byte[] lines = SpoolFixture.Lines(50, width: 100);
        AppendStatus status = AppendStatus.Appended;
        for (int i = 0; i < 400 && status == AppendStatus.Appended; i++)
        {
            status = SpoolFixture.TryAppend(log, lines, 50).Status;
        }

        Assert.Equal((AppendStatus.Full, 0), (status, log.Counts().DroppedOldestRows));
        log.Release(batch);
        SpoolFixture.Append(log, rows: 50, width: 100);
        Assert.True(log.Counts().DroppedOldestRows > 50);
        Assert.Equal(0, log.Counts().Remainder);
    }

    [Fact]
    public void Sync_AtTheInterval_TouchesDirtyLogsOnly()
    {
        SpoolDirectory spool = _fixture.Open();
        spool.Log("idle");
        SpoolFixture.Append(spool.Log("trades"));

        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        int first = _fixture.Disk.Syncs;
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, first);
        Assert.Equal(1, _fixture.Disk.Syncs);
    }

    [Fact]
    public void Sync_WhenItFails_IsVisibleAndAppendsGoOnInANewSegment()
    {
        SpoolDirectory spool = _fixture.Open();
        SpoolLog log = spool.Log("trades");
        SpoolFixture.Append(log);
        _fixture.Disk.FailsSync = true;
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Input/output error", spool.SyncError);

        _fixture.Disk.Heal();
        SpoolFixture.Append(log);
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(spool.SyncError);
        Assert.Equal(2, _fixture.Segments().Length);
        Assert.Equal([1UL, 2UL], SpoolFixture.Ids(log));
    }

    [Fact]
    public async Task Append_Always_WaitsForASyncThatOthersShare()
    {
        _fixture.Options = _fixture.Options with { Fsync = FsyncMode.Always };
        SpoolLog log = _fixture.Open().Log("trades");
        using var inSync = new SemaphoreSlim(0);
        using var mayEnd = new SemaphoreSlim(0);
        _fixture.Disk.BeforeSync = () =>
        {
            inSync.Release();
            mayEnd.Wait();
        };

        Task<AppendResult> first = log.AppendAsync(SpoolFixture.Lines(1), 1).AsTask();
        await inSync.WaitAsync();
        Task<AppendResult>[] others = [.. Enumerable.Range(0, 20).Select(_ => log.AppendAsync(SpoolFixture.Lines(1), 1).AsTask())];
        Assert.False(first.IsCompleted);
        mayEnd.Release(2);
        AppendResult[] results = await Task.WhenAll([first, .. others]);

        Assert.Equal(2, _fixture.Disk.Syncs);
    }

    [Fact]
    public async Task Append_AlwaysAndSyncFails_IsNotAcknowledged()
    {
        _fixture.Options = _fixture.Options with { Fsync = FsyncMode.Always };
        SpoolLog log = _fixture.Open().Log("trades");
        _fixture.Disk.FailsSync = true;

        AppendResult result = await log.AppendAsync(SpoolFixture.Lines(1), 1);

        Assert.Equal((AppendStatus.Failed, "Input/output error"), (result.Status, result.Error));
    }

    [Theory]
    [InlineData("trades", "trades")]
    [InlineData("Trades", "%54rades")]
    [InlineData(".hidden", "%2Ehidden")]
    [InlineData("a.b-c_d", "a.b-c_d")]
    [InlineData("Übung", "%C3%9Cbung")]
    [InlineData("a b", "a%20b")]
    public void Log_AnyName_HasAFolderThatNamesItAgain(string table, string folder)
    {
        using (SpoolDirectory spool = _fixture.Open())
        {
            SpoolFixture.Append(spool.Log(table));
        }

        Assert.Equal(folder, Path.GetFileName(Directory.GetDirectories(_fixture.Root).Single()));
        Assert.Equal(table, _fixture.Open().Logs.Single().Table);
    }

    [Fact]
    public void Log_NameTooLongForAFolder_IsKeptInAFile()
    {
        string table = new('ä', 127);
        using (SpoolDirectory spool = _fixture.Open())
        {
            SpoolFixture.Append(spool.Log(table));
        }

        Assert.Equal(table, _fixture.Open().Logs.Single().Table);
    }

    private static AppendResult Fill(SpoolLog log, out int appended)
    {
        byte[] lines = SpoolFixture.Lines(50, width: 100);
        for (appended = 0; appended < 10_000; appended++)
        {
            AppendResult result = SpoolFixture.TryAppend(log, lines, 50);
            if (result.Status != AppendStatus.Appended)
            {
                return result;
            }
        }

        throw new InvalidOperationException("never full");
    }
}
