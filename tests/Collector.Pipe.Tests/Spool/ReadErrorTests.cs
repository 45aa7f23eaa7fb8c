using Collector.Pipe.Spool;

namespace Collector.Tests.Pipe.Spool;

/// <summary>A disk that does not give back what was written: what it has lost costs its records, and what passes costs nothing.</summary>
public sealed class ReadErrorTests : IDisposable
{
    private const int Rows = 3;

    private readonly SpoolFixture _fixture = new() { Options = new() { MinFreeBytes = new(0), SegmentBytes = new(64 << 10) } };

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_AnyBlockOfASegmentLost_CostsTheRecordsInItAndBooksThem(bool atTheStart)
    {
        SpoolLog written = Fill(segments: 3);
        ulong[] all = SpoolFixture.Ids(written);
        string source = _fixture.Segments()[1];
        Dictionary<ulong, Extent> places = Places(source);
        for (long block = 0; block < new FileInfo(source).Length; block += 4096)
        {
            using SpoolDirectory spool = _fixture.OpenAsAfterKill(out string copy);
            SpoolLog log = spool.Log("trades");
            if (atTheStart)
            {
                log.Complete(places.Keys.Min(), places.Keys.Min()); // a part is delivered: the next start looks at every record
                spool.Dispose();
            }

            _fixture.Disk.Lose(SpoolFixture.Segments(Path.Combine(copy, "trades"))[1], block);
            log = atTheStart ? _fixture.Open(copy).Log("trades") : log;
            ulong[] found = SpoolFixture.Ids(log);
            SpoolCounts counts = log.Counts();

            ulong[] lost = [.. places.Where(place => place.Value.Start < block + 4096 && place.Value.End > block).Select(place => place.Key)];
            ulong[] delivered = atTheStart ? [places.Keys.Min()] : [];
            Assert.Equal(all.Except(lost).Except(delivered), found);
            Assert.Equal(0, counts.Remainder);
            Assert.Equal(found.Length * Rows, counts.PendingRows);
            long booked = counts.DroppedCorruptRows + ((long)log.Damage.MissingRecords * Rows); // where the footer is lost too, records are all that is known
            Assert.InRange(booked - (lost.Except(delivered).Count() * Rows), 0, delivered.Length * Rows);
            Assert.Equal(lost.Length > 0 || atTheStart ? 1 : 0, log.Damage.FilesSetAside);
            log.Complete(1, log.NextId - 1);
            Assert.Equal((0, 0), (log.Counts().PendingRows, log.Counts().Remainder));
            _fixture.Disk.Heal();
        }
    }

    [Fact]
    public void Open_BlocksOfTheTailLost_KeepsTheRestAndCountsTheRecords()
    {
        Fill(segments: 1);
        string source = _fixture.Segments()[0];
        Dictionary<ulong, Extent> places = Places(source);
        for (long block = 4096; block < new FileInfo(source).Length; block += 4096)
        {
            _fixture.OpenAsAfterKill(out string copy).Dispose();
            SpoolFixture.Copy(_fixture.Root, copy);
            _fixture.Disk.Lose(SpoolFixture.Segments(Path.Combine(copy, "trades"))[0], block);

            SpoolLog log = _fixture.Open(copy).Log("trades");

            ulong[] kept = [.. places.Where(place => place.Value.Start >= block + 4096 || place.Value.End <= block).Select(place => place.Key)];
            Assert.Equal(kept, SpoolFixture.Ids(log));
            Assert.Equal(0, log.Counts().Remainder);
            bool isWithin = block + 4096 < places.Values.Max(place => place.Start);
            Assert.True(!isWithin || (ulong)log.Counts().DroppedCorruptRows / Rows + log.Damage.MissingRecords == (ulong)(places.Count - kept.Length));
            Assert.Equal(0, log.Damage.TornBytes); // it is not taken for the end of what was written
            _fixture.Disk.Heal();
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Read_NothingOfASegmentGivenBack_BooksItsRowsAndGoesOn(bool atTheStart, bool cannotOpen)
    {
        SpoolLog log = Fill(segments: 3);
        ulong[] all = SpoolFixture.Ids(log);
        string lost = _fixture.Segments()[1];
        Dictionary<ulong, Extent> places = Places(lost);
        if (atTheStart)
        {
            _fixture.OpenAsAfterKill(out string copy).Dispose();
            lost = SpoolFixture.Segments(Path.Combine(copy, "trades"))[1];
            Forget(lost, cannotOpen);
            log = _fixture.Open(copy).Log("trades");
        }
        else
        {
            Forget(lost, cannotOpen);
        }

        Assert.Equal(all.Except(places.Keys), SpoolFixture.Ids(log));
        Assert.Equal(0, log.Counts().Remainder);
        Assert.Equal((all.Length - places.Count) * Rows, log.Counts().PendingRows);
        Assert.Equal((ulong)places.Count, ((ulong)log.Counts().DroppedCorruptRows / Rows) + log.Damage.MissingRecords);
        Assert.True(File.Exists(lost + SegmentFormat.CorruptExtension));
    }

    [Fact]
    public void Read_NothingGivenBackAndNothingRenamed_WaitsForTheDisk()
    {
        SpoolLog log = Fill(segments: 3);
        ulong[] all = SpoolFixture.Ids(log);
        string away = _fixture.Segments()[0];
        File.Move(away, away + ".elsewhere"); // a rename fails, as on a disk that is gone
        _fixture.Disk.LosesFile = path => path == away;

        Assert.Throws<FileNotFoundException>(() => SpoolFixture.Ids(log));

        Assert.Equal((0, 0), (log.Counts().DroppedCorruptRows, log.Counts().Remainder));
        File.Move(away + ".elsewhere", away);
        _fixture.Disk.Heal();
        Assert.Equal(all, SpoolFixture.Ids(log));
    }

    [Theory]
    [InlineData(12)] // ENOMEM
    [InlineData(13)] // EACCES
    [InlineData(23)] // ENFILE
    [InlineData(24)] // EMFILE
    [InlineData(116)] // ESTALE
    public void Read_RefusedForNow_SetsNothingAsideAndReadsLater(int errno)
    {
        SpoolLog log = Fill(segments: 3);
        ulong[] all = SpoolFixture.Ids(log);
        using SpoolReader reader = log.OpenReader();
        var batch = new SpoolBatch();
        var ids = new List<ulong>();
        while (ids.Count < all.Length)
        {
            _fixture.Disk.RefusesReads = errno;
            Exception? refused = Record.Exception(() => reader.Read(batch, 10, 1 << 20));
            Assert.True(refused is IOException or UnauthorizedAccessException || !batch.IsEmpty); // what was in memory may be handed out
            ids.AddRange(batch.Records.ToArray().Select(record => record.Id));
            _fixture.Disk.RefusesReads = 0;
            reader.Read(batch, 10, 1 << 20);
            ids.AddRange(batch.Records.ToArray().Select(record => record.Id));
        }

        Assert.Equal(all, ids);
        Assert.Equal(default, log.Damage);
        Assert.Equal(0, log.Counts().DroppedCorruptRows);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(24)]
    public void Open_RefusedForNow_DoesNotStartAndChangesNothing(int errno)
    {
        SpoolLog log = Fill(segments: 3);
        ulong[] all = SpoolFixture.Ids(log);
        _fixture.OpenAsAfterKill(out string copy).Dispose();
        string[] before = Directory.GetFiles(Path.Combine(copy, "trades"));
        _fixture.Disk.RefusesReads = errno;

        Assert.ThrowsAny<SpoolException>(() => _fixture.Open(copy));

        _fixture.Disk.Heal();
        Assert.Equal(before, Directory.GetFiles(Path.Combine(copy, "trades")));
        Assert.Equal(all, SpoolFixture.Ids(_fixture.Open(copy).Log("trades")));
    }

    [Fact]
    public void Read_SoundCopyImpossibleAndAnotherBlockLostLater_BooksThatToo()
    {
        SpoolLog log = Fill(segments: 3);
        string segment = _fixture.Segments()[0];
        _fixture.Disk.FailsWrites = true; // no sound copy can be made
        _fixture.Disk.Lose(segment, 8192);
        long before = log.Counts().PendingRows;
        int first = SpoolFixture.Ids(log).Length * Rows;
        Assert.Equal((before, 0), (first + log.Counts().DroppedCorruptRows, log.Counts().Remainder));

        _fixture.Disk.Lose(segment, 8192, length: 8192);
        int second = SpoolFixture.Ids(log).Length * Rows;

        Assert.True(second < first);
        Assert.Equal((before, 0), (second + log.Counts().DroppedCorruptRows, log.Counts().Remainder));
        Assert.Equal(second, log.Counts().PendingRows);
    }

    [Fact]
    public void Complete_HeadsLostSinceTheyWereRead_BooksClose()
    {
        SpoolLog log = Fill(segments: 3);
        long before = log.Counts().PendingRows;
        _fixture.Disk.Lose(_fixture.Segments()[0], 8192);

        log.Complete(1, log.NextId - 1); // in other bounds than anything was read in: the heads are counted now

        SpoolCounts counts = log.Counts();
        Assert.Equal((0, 0), (counts.PendingRows, counts.Remainder));
        Assert.Equal(before, counts.DeliveredRows + counts.DroppedCorruptRows);
        Assert.InRange(counts.DroppedCorruptRows, 1, 20 * Rows);
    }

    [Fact]
    public void Open_BlockOfTheCursorLost_StartsOnTheOtherHalfOrAnew()
    {
        SpoolLog log = Fill(segments: 3);
        log.Complete(1, 1);
        ulong[] all = SpoolFixture.Ids(log);
        for (int lost = 1; lost <= 3; lost++)
        {
            _fixture.OpenAsAfterKill(out string copy).Dispose();
            SpoolFixture.Copy(_fixture.Root, copy);
            int halves = lost;
            _fixture.Disk.Loses = (path, from, _) => path == "cursor" && (halves & (from == 0 ? 1 : 2)) != 0;

            SpoolLog next = _fixture.Open(copy).Log("trades");

            Assert.Equal(lost == 3 ? 1 : 0, next.Damage.LostCursors);
            Assert.Empty(all.Except(SpoolFixture.Ids(next))); // what was delivered may be offered again
            Assert.Equal(0, next.Counts().Remainder);
            _fixture.Disk.Heal();
        }
    }

    [Fact]
    public void Adopt_BlockOfTheRowsLost_TakesWhatCanBeReadAndKeepsTheFile()
    {
        Fill(segments: 2);
        string folder = Directory.CreateDirectory(Path.Combine(_fixture.Root, ".replay", "trades")).FullName;
        string rows = Path.Combine(folder, "1.rows");
        File.Copy(_fixture.Segments()[0], rows);
        int inAll = Places(rows).Count;
        int lost = Places(rows).Values.Count(place => place.Start < 12288 && place.End > 8192);
        _fixture.Disk.Lose(rows, 8192);

        AppendResult adopted = _fixture.Open(Path.Combine(_fixture.Root + "-copies", "other")).Log("trades").Adopt(rows, out long taken);

        Assert.Equal((AppendStatus.Appended, (inAll - lost) * Rows), (adopted.Status, taken));
        Assert.True(File.Exists(rows + SegmentFormat.CorruptExtension));
    }

    private void Forget(string file, bool cannotOpen)
    {
        if (cannotOpen)
        {
            _fixture.Disk.LosesFile = path => path == file;
        }
        else
        {
            _fixture.Disk.Loses = (path, _, _) => path == file;
        }
    }

    private SpoolLog Fill(int segments)
    {
        SpoolLog log = _fixture.Open().Log("trades");
        for (int i = 0; !Directory.Exists(_fixture.LogFolder) || _fixture.Segments().Length < segments || i < 40; i++)
        {
            SpoolFixture.Append(log, Rows, width: 250 + (i * 37 % 400));
        }

        return log;
    }

    private static Dictionary<ulong, Extent> Places(string segment)
    {
        var places = new Dictionary<ulong, Extent>();
        SegmentScan.Run(segment, SpoolDisk.Real, new DeliveredIds(1), 0, (in VisitedRecord record) =>
            places[record.Head.Id] = new Extent(record.Offset, record.Offset + record.Head.Size));
        return places;
    }
}
