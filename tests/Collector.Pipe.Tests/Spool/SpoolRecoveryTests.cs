using Collector.Pipe.Spool;

namespace Collector.Tests.Pipe.Spool;

public sealed class SpoolRecoveryTests : IDisposable
{
    private readonly SpoolFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Open_TailCutAtEveryByteOfTheLastRecord_KeepsAllBeforeIt()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        SpoolFixture.Append(log);
        SpoolFixture.Append(log, rows: 2);
        long start = new FileInfo(_fixture.Segments()[0]).Length;
        SpoolFixture.Append(log, rows: 1);
        byte[] whole = File.ReadAllBytes(_fixture.Segments()[0]);

        for (long length = start; length < whole.Length; length++)
        {
            SpoolLog again = OpenWith(whole[..(int)length]);
            Assert.Equal([1UL, 2UL], SpoolFixture.Ids(again));
            Assert.Equal(length - start, again.Damage.TornBytes);
            Assert.Equal(0, again.Damage.CorruptPlaces + again.Damage.FilesSetAside);
            Assert.Equal(3, again.Counts().RecoveredRows);
            ulong id = SpoolFixture.Append(again);
            Assert.Equal([1UL, 2UL, id], SpoolFixture.Ids(again));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Open_AnyByteOfASegmentFlipped_LosesOnlyTheRecordThatHeldIt(bool isSealed)
    {
        _fixture.Options = _fixture.Options with { SegmentBytes = new(64 << 10) };
        SpoolLog log = _fixture.Open().Log("trades");
        var ends = new List<long>();
        for (int i = 0; i < 3; i++)
        {
            SpoolFixture.Append(log, rows: i + 1);
            ends.Add(new FileInfo(_fixture.Segments()[0]).Length);
        }

        if (isSealed)
        {
            SpoolFixture.Append(log, rows: 1000, width: 80);
        }

        byte[] sound = File.ReadAllBytes(_fixture.Segments()[0]);
        for (int at = 0; at < sound.Length; at++)
        {
            byte[] flipped = [.. sound];
            flipped[at] ^= 0x41;
            SpoolLog again = OpenWith(flipped);

            ulong[] expected = [.. Enumerable.Range(1, isSealed ? 4 : 3).Select(i => (ulong)i)];
            int hit = at < SegmentFormat.HeaderSize ? -1 : ends.FindIndex(end => at < end);
            ulong[] found = SpoolFixture.Ids(again);
            if (hit < 0 || found.Length == expected.Length)
            {
                // A header, a footer, or a byte of padding: nothing is lost.
                Assert.Equal(expected, found);
                Assert.True(hit < 0 || IsPadding(sound, ends, hit, at), $"byte {at} went unnoticed");
            }
            else
            {
                Assert.Equal(expected.Where(id => id != (ulong)hit + 1), found);
                Assert.True(again.Damage.CorruptPlaces > 0);
                Assert.Equal(1, again.Damage.FilesSetAside);
            }

            Assert.Equal(0, again.Counts().Remainder);
            Assert.Equal(SpoolFixture.ReadAll(again).Sum(r => r.Rows), again.Counts().PendingRows);
            again.Complete(1, again.NextId - 1);
            Assert.Equal(0, again.Counts().PendingRows);
            Assert.Equal(0, again.Counts().Remainder);
        }
    }

    [Fact]
    public void Open_SegmentMissing_CountsItsRecordsAndGoesOn()
    {
        string directory = WithFiles(out string[] files);
        File.Delete(files[1]);

        SpoolLog log = _fixture.Open(directory).Log("trades");

        Assert.True(log.Damage.MissingRecords > 0);
        Assert.Equal(20 - (int)log.Damage.MissingRecords, SpoolFixture.Ids(log).Length);
        log.Complete(1, log.NextId - 1);
        Assert.Equal(log.NextId, log.Watermark);
        Assert.Equal(0, log.Counts().Remainder);
    }

    [Theory]
    [InlineData(1, 5, 3)]
    [InlineData(2, 8, 0)]
    public void Open_SegmentBeforeAKillMissing_CountsItsRecordsAndNotTheIdsLeftOut(int filesGone, int missing, int left)
    {
        SpoolLog killed = _fixture.Open().Log("trades");
        for (int i = 0; i < 5; i++)
        {
            SpoolFixture.Append(killed);
        }

        using (SpoolDirectory next = _fixture.OpenAsAfterKill(out string copy))
        {
            for (int i = 0; i < 3; i++)
            {
                SpoolFixture.Append(next.Log("trades"));
            }

            next.Dispose();
            foreach (string file in SpoolFixture.Segments(Path.Combine(copy, "trades"))[..filesGone])
            {
                File.Delete(file);
            }

            SpoolLog log = _fixture.Open(copy).Log("trades");

            Assert.Equal((ulong)missing, log.Damage.MissingRecords);
            Assert.Equal(left, SpoolFixture.Ids(log).Length);
            Assert.Equal(0, log.Counts().Remainder);
        }
    }

    [Fact]
    public void Open_SegmentEmptyOrAllZero_IsNoObstacle()
    {
        string directory = WithFiles(out string[] files);
        File.WriteAllBytes(files[0], []);
        File.WriteAllBytes(files[1], new byte[5000]);

        SpoolLog log = _fixture.Open(directory).Log("trades");

        Assert.NotEmpty(SpoolFixture.Ids(log));
        Assert.Equal(1, log.Damage.FilesSetAside);
        Assert.Equal(0, log.Counts().Remainder);
        Assert.True(SpoolFixture.Append(log) > 20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_CursorLost_OffersEverythingAgainWithNewIds(bool isTorn)
    {
        string directory = WithFiles(out _);
        string cursor = Path.Combine(directory, "trades", SpoolCursor.FileName);
        if (isTorn)
        {
            File.WriteAllBytes(cursor, new byte[100]);
        }
        else
        {
            File.Delete(cursor);
        }

        SpoolLog log = _fixture.Open(directory).Log("trades");

        Assert.Equal(20, SpoolFixture.Ids(log).Length);
        Assert.Equal(1, log.Damage.LostCursors);
        Assert.True(SpoolFixture.Append(log) > SegmentRecovery.IdJump);
    }

    [Fact]
    public void Open_CursorSlotTorn_TakesTheOneBefore()
    {
        SpoolLog log = _fixture.Open().Log("trades");
        SpoolFixture.Append(log);
        SpoolFixture.Append(log);
        log.Complete(1, 1);
        log.Complete(2, 2);
        string file = Path.Combine(_fixture.LogFolder, SpoolCursor.FileName);
        byte[] bytes = File.ReadAllBytes(file);
        ulong[] sequences = [BitConverter.ToUInt64(bytes, 8), BitConverter.ToUInt64(bytes, 4096 + 8)];
        bytes[(sequences[0] > sequences[1] ? 0 : 4096) + 20] ^= 1;
        string copy = _fixture.Root + "-copies/torn";
        SpoolFixture.Copy(_fixture.Root, copy);
        File.WriteAllBytes(Path.Combine(copy, "trades", SpoolCursor.FileName), bytes);

        SpoolLog again = _fixture.Open(copy).Log("trades");

        Assert.Equal([2UL], SpoolFixture.Ids(again));
        Assert.Equal(0, again.Damage.LostCursors);
    }

    [Fact]
    public void Open_KilledDuringSalvage_TakesUpTheFinishedCopy()
    {
        string directory = WithFiles(out string[] files);
        File.Move(files[0], files[0] + SegmentFormat.SalvageExtension);
        File.WriteAllBytes(files[1] + SegmentFormat.SalvageExtension, [1, 2, 3]);

        SpoolLog log = _fixture.Open(directory).Log("trades");

        Assert.Equal(20, SpoolFixture.Ids(log).Length);
        Assert.Empty(Directory.GetFiles(Path.Combine(directory, "trades"), "*.salvage"));
    }

    [Fact]
    public void Read_RotInASealedSegment_DropsOneRecordAndKeepsTheFile()
    {
        string directory = WithFiles(out string[] files);
        byte[] bytes = File.ReadAllBytes(files[1]);
        bytes[SegmentFormat.HeaderSize + SegmentFormat.HeadSize + 5] ^= 1;
        File.WriteAllBytes(files[1], bytes);
        SpoolLog log = _fixture.Open(directory).Log("trades");
        Assert.Equal(default, log.Damage);

        int found = SpoolFixture.Ids(log).Length;

        Assert.Equal(19, found);
        Assert.Equal(200, log.Counts().DroppedCorruptRows);
        Assert.Equal(0, log.Counts().Remainder);
        Assert.Equal(1, log.Damage.FilesSetAside);
        Assert.Equal(bytes, File.ReadAllBytes(files[1] + ".corrupt"));
        log.Complete(1, 20);
        Assert.Equal(0, log.Counts().Remainder);
        Assert.Equal(21UL, log.Watermark);
    }

    [Fact]
    public void Read_RotAndNoRoomForASoundCopy_StepsOverIt()
    {
        string directory = WithFiles(out string[] files);
        byte[] bytes = File.ReadAllBytes(files[1]);
        bytes[SegmentFormat.HeaderSize + 3] ^= 1;
        File.WriteAllBytes(files[1], bytes);
        SpoolLog log = _fixture.Open(directory).Log("trades");
        _fixture.Disk.FailsWrites = true;

        Assert.Equal(19, SpoolFixture.Ids(log).Length);

        _fixture.Disk.Heal();
        log.Complete(1, 20);
        Assert.Equal(0, log.Counts().Remainder);
        Assert.Equal(0, log.Counts().PendingRows);
    }

    [Fact]
    public void Read_SegmentDeletedBehindOurBack_IsCountedAsLost()
    {
        string directory = WithFiles(out string[] files);
        SpoolLog log = _fixture.Open(directory).Log("trades");
        File.Delete(files[1]);

        int found = SpoolFixture.Ids(log).Length;

        Assert.Equal((20 - found) * 200, log.Counts().DroppedCorruptRows);
        Assert.True(found is > 0 and < 20);
        Assert.Equal(0, log.Counts().Remainder);
    }

    /// <summary>Twenty records of 200 rows in segments of 64 KiB, closed in order.</summary>
    private string WithFiles(out string[] files)
    {
        _fixture.Options = _fixture.Options with { SegmentBytes = new(64 << 10) };
        string directory = _fixture.Root + "-copies/files";
        using (SpoolDirectory spool = _fixture.Open(directory))
        {
            SpoolLog log = spool.Log("trades");
            for (int i = 0; i < 20; i++)
            {
                SpoolFixture.Append(log, rows: 200, width: 60);
            }
        }

        files = SpoolFixture.Segments(Path.Combine(directory, "trades"));
        Assert.True(files.Length > 3);
        return directory;
    }

    /// <summary>The spool as a kill would leave it, with these bytes for its first segment.</summary>
    private SpoolLog OpenWith(byte[] segment)
    {
        string directory = Path.Combine(_fixture.Root + "-copies", Guid.NewGuid().ToString("N"));
        SpoolFixture.Copy(_fixture.Root, directory);
        File.WriteAllBytes(SpoolFixture.Segments(Path.Combine(directory, "trades"))[0], segment);
        return _fixture.Open(directory).Log("trades");
    }

    private static bool IsPadding(byte[] segment, List<long> ends, int record, int at)
    {
        int start = record == 0 ? SegmentFormat.HeaderSize : (int)ends[record - 1];
        return RecordHead.TryRead(segment.AsSpan(start), out RecordHead head)
            && at >= start + SegmentFormat.HeadSize + head.Length;
    }
}
