using System.Text.Json;
using Collector.Lines;
using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Collector.Settings;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Pipe.Delivery;

public sealed class LanesTests : IDisposable
{
    private static readonly DeliveryOptions Small = new()
    {
        BatchRows = 4,
        BacklogRows = 10,
        Linger = TimeSpan.FromMilliseconds(200),
        RetryDelay = TimeSpan.FromMilliseconds(100),
        RetryMaxDelay = TimeSpan.FromSeconds(1),
        HaltedRetry = TimeSpan.FromSeconds(30),
        MaxBadRows = 3,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Accept_AsManyRowsAsABatch_GoAtOnce()
    {
        await using DeliveryRoom room = Open();

        await room.AcceptAsync(DeliveryRoom.Keys(0, 4));
        await room.DeliveredAsync(4, stepSeconds: 0);

        Assert.Equal(DeliveryRoom.Start, Assert.Single(room.Store.Sent).At);
        Assert.Equal(DeliveryRoom.Text(DeliveryRoom.Lines(DeliveryRoom.Keys(0, 4))), DeliveryRoom.Text(room.Store.Sent[0].Bytes));
    }

    [Fact]
    public async Task Refuse_FaultyRows_AreCountedByReasonAndKeptOutsideOfTheBooks()
    {
        await using DeliveryRoom room = Open();
        await room.AcceptAsync("a");
        RefusedRow[] rows =
        [
            new(DeliveryRoom.Table, "daemon/one", new LineFault(LineFaultKind.Value, "n", "n is wrong"), DeliveryRoom.Lines("b")),
            new(null, "gateway", new LineFault(LineFaultKind.Table, "", "there is no such table"), "x v=1\n"u8.ToArray()),
        ];

        Assert.Equal(2, room.Lanes.Refuse(rows));
        await room.DeliveredAsync(1);

        Assert.Equal(1, room.Counts["collector_rows_refused_total:value"]);
        Assert.Equal(1, room.Counts["collector_rows_refused_total:table"]);
        Assert.Equal(0, room.Counts["collector_rows_refused_unkept_total"]);
        Assert.Equal(["t.jsonl", "~unknown.jsonl"], Directory.GetFiles(room.QuarantineFolder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        LedgerEntry books = room.Ledger;
        Assert.Equal((1, 1, 0, 0), (books.Accepted, books.Delivered, books.Quarantined, books.Remainder));
    }

    [Fact]
    public async Task Refuse_NoRoom_IsCounted()
    {
        await using var room = new DeliveryRoom(_folder.Path, Small, quarantine: new QuarantineOptions { MaxBytes = new(0) });

        Assert.Equal(0, room.Lanes.Refuse([new(null, "gateway", new LineFault(LineFaultKind.Syntax, "", "no"), "?"u8.ToArray())]));

        Assert.Equal(1, room.Counts["collector_rows_refused_total:syntax"]);
        Assert.Equal(1, room.Counts["collector_rows_refused_unkept_total"]);
    }

    [Fact]
    public async Task Accept_AsManyBytesAsABatch_GoAtOnce()
    {
        await using DeliveryRoom room = Open(Small with { BatchRows = 1_000_000, BatchBytes = ByteSize.KiB(1) });

        await room.AcceptAsync(new string('k', 250), new string('l', 250), new string('m', 250), new string('n', 250));
        await room.DeliveredAsync(4, stepSeconds: 0);

        Assert.Equal(DeliveryRoom.Start, Assert.Single(room.Store.Sent).At);
    }

    [Fact]
    public async Task Accept_FewRows_GoTogetherAfterTheLinger()
    {
        await using DeliveryRoom room = Open();

        await room.AcceptAsync("a");
        await room.AcceptAsync("b", "c");
        await room.DeliveredAsync(3);

        Sent sent = Assert.Single(room.Store.Sent);
        Assert.Equal(3, sent.Rows);
        Assert.True(sent.At - DeliveryRoom.Start >= Small.Linger, $"sent after {sent.At - DeliveryRoom.Start}");
    }

    [Fact]
    public async Task Accept_RowsBehindABatchUnderWay_LingerToo()
    {
        await using DeliveryRoom room = Open();
        var underWay = new TaskCompletionSource();
        room.Store.OnWrite = (_, token) => underWay.Task.WaitAsync(token);
        await room.AcceptAsync(DeliveryRoom.Keys(0, 4));
        await room.UntilAsync(() => room.Store.Calls.Contains("write t", StringComparer.Ordinal));
        await room.AcceptAsync("a");
        await room.AcceptAsync("b");

        underWay.SetResult();
        await room.DeliveredAsync(6);

        Assert.Equal([4, 2], room.Store.Sent.Select(sent => sent.Rows));
        Assert.True(room.Store.Sent[1].At - DeliveryRoom.Start >= Small.Linger);
    }

    [Fact]
    public async Task Start_Backlog_GoesInTheLargestBatchesOldestFirst()
    {
        await using DeliveryRoom room = Open();
        string[] keys = DeliveryRoom.Keys(0, 25);
        foreach (string key in keys)
        {
            await room.LeaveAsync(key);
        }

        room.Lanes.Start();
        await room.DeliveredAsync(25);

        Assert.Equal([10, 10, 5], room.Store.Sent.Select(sent => sent.Rows));
        Assert.Equal(keys.SelectMany(key => FakeStore.Split(DeliveryRoom.Table, DeliveryRoom.Lines(key))), room.Store.Rows(DeliveryRoom.Table), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Start_BacklogOfLongRows_KeepsWithinTheBytes()
    {
        await using DeliveryRoom room = Open(Small with { BacklogBytes = ByteSize.KiB(1) });
        foreach (int i in Enumerable.Range(0, 9))
        {
            await room.LeaveAsync(new string((char)('a' + i), 250));
        }

        room.Lanes.Start();
        await room.DeliveredAsync(9);

        Assert.All(room.Store.Sent, sent => Assert.InRange(sent.Bytes.Length, 1, 1024));
        Assert.Equal([3, 3, 3], room.Store.Sent.Select(sent => sent.Rows));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deliver_StoreAway_SendsTheVerySameBytesWithoutEnd(bool unknown)
    {
        await using DeliveryRoom room = Open();
        for (int i = 0; i < 100; i++)
        {
            room.Store.Script.Enqueue(unknown ? new Outcome.Unknown("no answer") : new Outcome.Retry("busy"));
        }

        await room.AcceptAsync("a", "b", "c", "d");
        await room.UntilAsync(() => room.Store.Sent.Count >= 3, 0.1);
        Assert.NotNull(room.Lanes.NotReadyBecause);
        Assert.Equal(4, room.Ledger.Pending);
        await room.AcceptAsync("e"); // comes behind, and changes nothing of the batch under way
        await room.UntilAsync(() => room.Store.Sent.Count > 100, 0.5);
        await room.DeliveredAsync(5, 0.1);

        Assert.Equal(102, room.Store.Sent.Count);
        Assert.Single(room.Store.Sent.Take(101).Select(sent => DeliveryRoom.Text(sent.Bytes)).Distinct(StringComparer.Ordinal));
        Assert.Null(room.Lanes.NotReadyBecause);
        Assert.Equal(0, room.Ledger.Remainder);
    }

    [Fact]
    public async Task Deliver_StoreAsksForAPause_IsLeftAloneThatLong()
    {
        await using DeliveryRoom room = Open();
        room.Store.Script.Enqueue(new Outcome.Retry("busy", TimeSpan.FromSeconds(42)));

        await room.AcceptAsync(DeliveryRoom.Keys(0, 4));
        await room.DeliveredAsync(4, 0.25);

        Assert.True(room.Store.Sent[1].At - room.Store.Sent[0].At >= TimeSpan.FromSeconds(42));
    }

    [Fact]
    public async Task Deliver_StoreAsksForAPause_IsLeftAloneByEveryTable()
    {
        await using DeliveryRoom room = Open();
        room.Store.Script.Enqueue(new Outcome.Retry("busy", TimeSpan.FromSeconds(42)));

        await room.AcceptAsync(DeliveryRoom.Keys(0, 4));
        await room.UntilAsync(() => room.Store.Sent.Count == 1);
        await room.TryAcceptAsync(DeliveryRoom.Other, DeliveryRoom.Keys(0, 4));
        await room.DeliveredAsync(8, 0.25);

        Assert.Equal(3, room.Store.Sent.Count);
        Assert.All(room.Store.Sent.Skip(1), sent => Assert.True(sent.At - room.Store.Sent[0].At >= TimeSpan.FromSeconds(42), $"{sent.Table} at {sent.At}"));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task Deliver_ClockJumps_LingersAndRepeatsAsEver(double hours)
    {
        var clock = new WatchedClock();
        await using DeliveryRoom room = Open(clock: clock);
        long began = clock.GetTimestamp();
        var sent = new List<TimeSpan>();
        room.Store.OnWrite = (_, _) =>
        {
            sent.Add(clock.GetElapsedTime(began));
            clock.Jump(TimeSpan.FromHours(hours));
            return Task.CompletedTask;
        };
        room.Store.Script.Enqueue(new Outcome.Retry("busy", TimeSpan.FromSeconds(7)));

        await room.AcceptAsync("a");
        clock.Jump(TimeSpan.FromHours(hours));
        await room.DeliveredAsync(1);

        Assert.Equal(2, sent.Count);
        Assert.True(sent[0] >= Small.Linger, $"sent after {sent[0]}");
        Assert.True(sent[1] - sent[0] >= TimeSpan.FromSeconds(7), $"repeated after {sent[1] - sent[0]}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deliver_BadRowsAmongGoodOnes_AreCutOutAndNamed(bool named)
    {
        await using DeliveryRoom room = Open(Small with { BatchRows = 100 });
        room.Store.Judge = FakeStore.NoBadRows(named);
        await room.LeaveAsync("a", "b", "c");
        await room.LeaveAsync("d", "bad1", "e");
        await room.LeaveAsync("bad2");
        await room.LeaveAsync("f", "g", "bad3");

        room.Lanes.Start();
        await room.DeliveredAsync(10);

        string[] good = ["a", "b", "c", "d", "e", "f", "g"];
        Assert.Equal(good, room.Store.Rows(DeliveryRoom.Table).Select(Key), StringComparer.Ordinal);
        Assert.Equal([("bad1", 2UL, 1), ("bad2", 3UL, 0), ("bad3", 4UL, 2)], Quarantined(room).Select(row => (Key(row.Row), row.Record, row.Index)));
        Assert.Contains(DeliveryRoom.Text(DeliveryRoom.Lines("bad2")), Quarantined(room).Select(row => row.Row), StringComparer.Ordinal);
        Assert.Equal((7, 3, 0, 0), (room.Ledger.Delivered, room.Ledger.Quarantined, room.Ledger.Pending, room.Ledger.Remainder));
        if (named)
        {
            Assert.Equal(4, room.Store.Sent.Count); // k bad rows cost k + 1 requests
        }
    }

    [Fact]
    public async Task Deliver_OneBadRowOfManyUnnamed_IsFoundInFewRequests()
    {
        await using DeliveryRoom room = Open(Small with { BatchRows = 1000 });
        room.Store.Judge = FakeStore.NoBadRows(named: false);

        await room.LeaveAsync([.. DeliveryRoom.Keys(0, 300), "bad", .. DeliveryRoom.Keys(300, 211)]);
        room.Lanes.Start();
        await room.DeliveredAsync(512);

        Assert.Equal("bad", Key(Assert.Single(Quarantined(room)).Row));
        Assert.Equal(511, room.Store.Rows(DeliveryRoom.Table).Count());
        Assert.InRange(room.Store.Sent.Count, 2, 19); // two for each halving of 512
    }

    [Fact]
    public async Task Deliver_StoreAwayWhileRowsAreCutOut_GoesOnWhereItWas()
    {
        await using DeliveryRoom room = Open(Small with { BatchRows = 100 });
        room.Store.Script.Enqueue(new Outcome.Rejected("no", 2));
        room.Store.Script.Enqueue(new Outcome.Unknown("no answer"));
        room.Store.Script.Enqueue(new Outcome.Retry("busy"));
        room.Store.Script.Enqueue(new Outcome.Rejected("no", 1));

        await room.LeaveAsync("a", "b", "c", "d");
        room.Lanes.Start();
        await room.DeliveredAsync(4, 0.1);

        Assert.Equal(["abcd", "acd", "acd", "acd", "cd"], room.Store.Sent.Select(sent => string.Concat(FakeStore.Split(DeliveryRoom.Table, sent.Bytes).Select(Key))), StringComparer.Ordinal);
        Assert.Equal(["b", "a"], Quarantined(room).Select(row => Key(row.Row)), StringComparer.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deliver_MoreBadRowsThanABatchMayHold_HaltsAndKeepsEverything(bool named)
    {
        await using DeliveryRoom room = Open(Small with { BatchRows = 100 });
        room.Store.Judge = FakeStore.NoBadRows(named);
        await room.LeaveAsync("a", "bad1", "bad2", "b", "bad3", "bad4", "c");

        room.Lanes.Start();
        await room.UntilAsync(() => room.Lanes.Ledger.Any() && room.Lanes.NotReadyBecause?.Contains("max_bad_rows", StringComparison.Ordinal) == true, 0.1);

        Assert.Equal((0, 0, 7, 0), (room.Ledger.Delivered, room.Ledger.Quarantined, room.Ledger.Pending, room.Ledger.Remainder));
        Assert.False(Directory.Exists(room.QuarantineFolder));

        room.Store.Judge = _ => Outcome.Accepted.Instance;
        await room.DeliveredAsync(7, 1);
        Assert.Null(room.Lanes.NotReadyBecause);
        Assert.Equal((7, 0), (room.Ledger.Delivered, room.Ledger.Remainder));
    }

    [Fact]
    public async Task Deliver_TableHalted_WaitsAloneAndIsTriedAgain()
    {
        await using DeliveryRoom room = Open();
        bool isMended = false;
        room.Store.Judge = batch => batch.Table == DeliveryRoom.Table && !isMended ? new Outcome.Halted("column gone") : Outcome.Accepted.Instance;

        await room.AcceptAsync(DeliveryRoom.Keys(0, 4));
        await room.UntilAsync(() => room.Lanes.NotReadyBecause?.Contains("table t is halted: column gone", StringComparison.Ordinal) == true);
        Assert.Null(await room.TryAcceptAsync(DeliveryRoom.Other, DeliveryRoom.Keys(0, 4)));
        await room.UntilAsync(() => room.Store.Rows(DeliveryRoom.Other).Count() == 4);
        Assert.Equal((0, 4, 0), (room.Ledger.Delivered, room.Ledger.Pending, room.Ledger.Remainder));

        await room.UntilAsync(() => room.Store.Sent.Count(sent => sent.Table == "t") >= 3, 1);
        isMended = true;
        await room.UntilAsync(() => room.Ledger.Delivered == 4, 1);

        Sent[] tries = [.. room.Store.Sent.Where(sent => sent.Table == "t")];
        Assert.All(tries.Zip(tries.Skip(1)), pair => Assert.True(pair.Second.At - pair.First.At >= Small.HaltedRetry));
        Assert.Null(room.Lanes.NotReadyBecause);

        // A halted table is prepared anew before each try.
        Assert.Equal(tries.Length, room.Store.Calls.Count(call => call == "prepare t"));
        Assert.Single(room.Store.Calls, call => call == "prepare other");
    }

    [Fact]
    public async Task Deliver_FirstBatchAndAfterEachBreak_PreparesEachTable()
    {
        await using DeliveryRoom room = Open();
        room.Store.Reach.Enqueue(new Outcome.Retry("not yet"));

        await room.AcceptAsync(DeliveryRoom.Keys(0, 4));
        await room.DeliveredAsync(4, 0.1);
        await room.AcceptAsync(DeliveryRoom.Keys(4, 4));
        await room.DeliveredAsync(8, 0.1);
        await room.TryAcceptAsync(DeliveryRoom.Other, DeliveryRoom.Keys(0, 4));
        await room.DeliveredAsync(12, 0.1);
        room.Store.Script.Enqueue(new Outcome.Unknown("no answer"));
        await room.AcceptAsync(DeliveryRoom.Keys(8, 4));
        await room.DeliveredAsync(16, 0.1);
        await room.TryAcceptAsync(DeliveryRoom.Other, DeliveryRoom.Keys(4, 4));
        await room.DeliveredAsync(20, 0.1);

        Assert.Equal(
            [
                "reach", "reach", "prepare t", "write t", "write t", "prepare other", "write other",
                "write t", "reach", "prepare t", "write t", "prepare other", "write other",
            ],
            room.Store.Calls, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Start_NothingToDeliver_ReachesForTheStore()
    {
        await using DeliveryRoom room = Open();
        room.Store.Reach.Enqueue(new Outcome.Halted("wrong password"));
        room.Lanes.Start();

        await room.UntilAsync(() => room.Lanes.NotReadyBecause == "wrong password");
        await room.UntilAsync(() => room.Lanes.NotReadyBecause is null, 1);

        Assert.Equal(["reach", "reach"], room.Store.Calls, StringComparer.Ordinal);
        Assert.True(room.Clock.GetUtcNow() - DeliveryRoom.Start >= Small.HaltedRetry);
    }

    [Fact]
    public async Task Deliver_PreparationRejected_HaltsTheTableAndCutsNoRow()
    {
        await using DeliveryRoom room = Open();
        room.Store.Prepare.Enqueue(new Outcome.Rejected("no such type", 1));

        await room.AcceptAsync(DeliveryRoom.Keys(0, 4));
        await room.UntilAsync(() => room.Lanes.NotReadyBecause?.Contains("no such type", StringComparison.Ordinal) == true);
        await room.DeliveredAsync(4, 1);

        Assert.Equal(4, room.Ledger.Delivered);
        Assert.False(Directory.Exists(room.QuarantineFolder));
    }

    [Fact]
    public async Task Deliver_StoreBreaksWithAnException_IsToldAndBegunAnew()
    {
        await using DeliveryRoom room = Open();
        bool isMended = false;
        room.Store.OnWrite = (_, _) => isMended ? Task.CompletedTask : throw new InvalidOperationException("a fault of the program");

        await room.AcceptAsync(DeliveryRoom.Keys(0, 4));
        await room.UntilAsync(() => room.Lanes.NotReadyBecause?.Contains("a fault of the program", StringComparison.Ordinal) == true);
        isMended = true;
        await room.DeliveredAsync(4, 1);

        Assert.Null(room.Lanes.NotReadyBecause);
        Assert.Equal(0, room.Ledger.Remainder);
    }

    [Fact]
    public async Task Deliver_QuarantineFull_CountsTheRowAsDropped()
    {
        await using var room = new DeliveryRoom(_folder.Path, Small, quarantine: new QuarantineOptions { MaxBytes = new(0) });
        room.Store.Judge = FakeStore.NoBadRows(named: true);

        await room.AcceptAsync("a", "bad", "c", "d");
        await room.DeliveredAsync(4);

        Assert.Equal((3, 0, 1, 0), (room.Ledger.Delivered, room.Ledger.Quarantined, room.Ledger.DroppedUnkept, room.Ledger.Remainder));
    }

    [Fact]
    public async Task Deliver_QuarantineCannotBeWritten_WaitsWithTheRowAndSendsNothingTwice()
    {
        await using DeliveryRoom room = Open();
        await File.WriteAllTextAsync(room.QuarantineFolder, "");
        room.Store.Judge = FakeStore.NoBadRows(named: true);

        await room.AcceptAsync("a", "bad", "c", "d");
        await room.UntilAsync(() => room.Lanes.NotReadyBecause?.Contains("cannot be set aside", StringComparison.Ordinal) == true);
        Assert.Equal((4, 0), (room.Ledger.Pending, room.Ledger.Remainder));
        File.Delete(room.QuarantineFolder);
        await room.DeliveredAsync(4, 1);

        Assert.Equal(2, room.Store.Sent.Count);
        Assert.Equal("bad", Key(Assert.Single(Quarantined(room)).Row));
        Assert.Null(room.Lanes.NotReadyBecause);
    }

    [Fact]
    public async Task Deliver_OldestDroppedWhileABatchIsUnderWay_LeavesTheBatchItsSegment()
    {
        var spool = new SpoolOptions
        {
            MinFreeBytes = new(0),
            MaxBytes = ByteSize.MiB(1),
            SegmentBytes = ByteSize.KiB(64),
            WhenFull = WhenFull.DropOldest,
            Fsync = FsyncMode.Os,
        };
        await using var room = new DeliveryRoom(_folder.Path, Small with { BatchRows = 50 }, spool);
        room.Store.Judge = FakeStore.NoBadRows(named: true);
        var underWay = new TaskCompletionSource();
        room.Store.OnWrite = (_, token) => underWay.Task.WaitAsync(token);
        await room.AcceptAsync([.. DeliveryRoom.Keys(0, 49), "bad"]);
        await room.UntilAsync(() => room.Store.Calls.Contains("write t", StringComparer.Ordinal));
        int rows = 50;
        while (room.Ledger.DroppedOldest == 0)
        {
            await room.AcceptAsync(DeliveryRoom.Keys(rows, 500));
            rows += 500;
        }

        underWay.SetResult();
        await room.UntilAsync(() => room.Ledger.Pending == 0, 0.1);

        LedgerEntry books = room.Ledger;
        Assert.Equal(0, books.Remainder);
        Assert.Equal(rows, books.Delivered + books.Quarantined + books.DroppedOldest);
        Assert.Equal(1, books.Quarantined);
        Assert.Equal(room.Store.Rows(DeliveryRoom.Table).Count(), books.Delivered);
    }

    [Fact]
    public async Task Stop_StoreTakesRows_DeliversWhatIsLeftWithoutLingering()
    {
        await using DeliveryRoom room = Open();
        await room.AcceptAsync("a");
        await room.StopAsync(stepSeconds: 0);

        Assert.Equal((1, 0), (room.Ledger.Delivered, room.Ledger.Pending));
    }

    [Fact]
    public async Task Stop_StoreAway_EndsAtTheDeadlineAndTheNextStartDelivers()
    {
        var clock = new FakeTimeProvider(DeliveryRoom.Start);
        await using (var room = new DeliveryRoom(_folder.Path, Small with { ShutdownTimeout = TimeSpan.FromSeconds(7) }, clock: clock))
        {
            room.Store.Judge = _ => new Outcome.Retry("away");
            await room.AcceptAsync("a", "b", "c", "d");
            await room.AcceptAsync("e");
            await room.UntilAsync(() => room.Store.Sent.Count > 0);
            DateTimeOffset before = clock.GetUtcNow();

            await room.StopAsync();

            Assert.InRange(clock.GetUtcNow() - before, TimeSpan.FromSeconds(7), TimeSpan.FromMinutes(10));
            Assert.Equal((5, 0), (room.Ledger.Pending, room.Ledger.Remainder));
        }

        await using DeliveryRoom next = Open(clock: clock);
        next.Lanes.Start();
        await next.DeliveredAsync(5);

        Assert.Equal(["a", "b", "c", "d", "e"], next.Store.Rows(DeliveryRoom.Table).Select(Key), StringComparer.Ordinal);
        Assert.Equal((0, 5, 5, 0), (next.Ledger.Accepted, next.Ledger.Recovered, next.Ledger.Delivered, next.Ledger.Remainder));
    }

    [Fact]
    public async Task Stop_RequestHangs_IsCutOffAtTheDeadline()
    {
        await using DeliveryRoom room = Open();
        room.Store.OnWrite = (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, room.Clock, token);
        await room.AcceptAsync(DeliveryRoom.Keys(0, 4));
        await room.UntilAsync(() => room.Store.Calls.Contains("write t", StringComparer.Ordinal));

        await room.StopAsync();

        Assert.Equal((4, 0), (room.Ledger.Pending, room.Ledger.Remainder));
    }

    [Fact]
    public async Task Stop_TableHalted_DoesNotWaitForIt()
    {
        await using DeliveryRoom room = Open();
        room.Store.Judge = _ => new Outcome.Halted("no");
        await room.AcceptAsync(DeliveryRoom.Keys(0, 4));
        await room.UntilAsync(() => room.Lanes.NotReadyBecause?.Contains("halted", StringComparison.Ordinal) == true);

        await room.StopAsync(stepSeconds: 0);

        Assert.Equal(4, room.Ledger.Pending);
    }

    [Fact]
    public async Task Accept_SpoolFull_IsRefusedByTheOptionsName()
    {
        var spool = new SpoolOptions { MinFreeBytes = new(0), MaxBytes = ByteSize.MiB(1), SegmentBytes = ByteSize.KiB(64), Fsync = FsyncMode.Os };
        await using var room = new DeliveryRoom(_folder.Path, Small with { ShutdownTimeout = TimeSpan.Zero }, spool);
        room.Store.Judge = _ => new Outcome.Retry("away");
        string? refused = null;
        for (int i = 0; i < 1000 && refused is null; i++)
        {
            refused = await room.TryAcceptAsync(DeliveryRoom.Table, DeliveryRoom.Keys(i * 1000, 1000));
        }

        Assert.Contains("spool.max_bytes", refused, StringComparison.Ordinal);
        Assert.Equal(0, room.Ledger.Remainder);
    }

    [Fact]
    public async Task Accept_DiskNearlyFull_IsRefusedByTheOptionsName()
    {
        await using var room = new DeliveryRoom(_folder.Path, Small, new SpoolOptions { MinFreeBytes = ByteSize.MiB(1), Fsync = FsyncMode.Os });
        room.Disk.Free = 1 << 19;

        Assert.Contains("spool.min_free_bytes", await room.TryAcceptAsync(DeliveryRoom.Table, "a"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_DiskRefuses_IsRefusedWithItsReason()
    {
        await using DeliveryRoom room = Open();
        room.Disk.FailsWrites = true;

        Assert.Equal("the spool cannot be written: No space left on device", await room.TryAcceptAsync(DeliveryRoom.Table, "a"));

        room.Disk.Heal();
        await room.AcceptAsync("a");
        await room.DeliveredAsync(1);
        Assert.Equal((1, 1, 0), (room.Ledger.Accepted, room.Ledger.Delivered, room.Ledger.Remainder));
    }

    [Fact]
    public async Task Accept_FileInPlaceOfTheTablesFolder_IsRefused()
    {
        await using DeliveryRoom room = Open();
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "spool", "t"), "");

        Assert.Contains("the spool cannot be written", await room.TryAcceptAsync(DeliveryRoom.Table, "a"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Deliver_ManyTables_KeepsWithinTheRequestsAllowed(int connections)
    {
        await using DeliveryRoom room = Open(Small with { Connections = connections });
        var gate = new TaskCompletionSource();
        room.Store.OnWrite = (_, token) => gate.Task.WaitAsync(token);

        await room.AcceptAsync(DeliveryRoom.Keys(0, 4));
        await room.TryAcceptAsync(DeliveryRoom.Other, DeliveryRoom.Keys(0, 4));
        await room.UntilAsync(() => room.Store.Calls.Count(call => call.StartsWith("write", StringComparison.Ordinal)) == connections);
        gate.SetResult();
        await room.DeliveredAsync(8);

        Assert.Equal(connections, room.Store.MostUnderWay);
    }

    private DeliveryRoom Open(DeliveryOptions? options = null, FakeTimeProvider? clock = null) => new(_folder.Path, options ?? Small, clock: clock);

    private static string Key(string row) => row[4..row.IndexOf(' ')];

    private static List<(ulong Record, int Index, string Row)> Quarantined(DeliveryRoom room) =>
    [
        .. File.ReadLines(Path.Combine(room.QuarantineFolder, "t.jsonl"))
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Select(entry => (entry.GetProperty("record").GetUInt64(), entry.GetProperty("row").GetInt32(), DeliveryRoom.Text(entry.GetProperty("bytes").GetBytesFromBase64()))),
    ];
}
