using Collector.Pipe.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Pipe.Delivery;

/// <summary>Fresh rows beside a backlog, of the same table and of others.</summary>
public sealed class BacklogTests : IDisposable
{
    private static readonly DeliveryOptions Small = new()
    {
        BatchRows = 4,
        BacklogRows = 10,
        FreshWithin = TimeSpan.Zero,
        Linger = TimeSpan.FromMilliseconds(200),
        RetryDelay = TimeSpan.FromMilliseconds(100),
        RetryMaxDelay = TimeSpan.FromSeconds(1),
        HaltedRetry = TimeSpan.FromSeconds(30),
        MaxBadRows = 3,
        ShutdownTimeout = TimeSpan.FromSeconds(1),
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Deliver_RowsBesideABacklog_GoBeforeItIsFinished()
    {
        await using DeliveryRoom room = Open();
        using var held = new HeldBacklog(room);
        string[] backlog = await LeaveBacklogAsync(room, 50);
        room.Lanes.Start();
        await room.UntilAsync(() => held.Waiting == 1);

        await room.AcceptAsync("fresh");
        await room.UntilAsync(() => Arrived(room).Contains("fresh", StringComparer.Ordinal), 0.01);
        Assert.Equal(["fresh"], Arrived(room), StringComparer.Ordinal);
        Assert.Equal((50, 0), (room.Ledger.Pending, room.Ledger.Remainder));

        held.Release();
        await room.DeliveredAsync(51);

        Assert.Equal(["fresh", .. backlog], Arrived(room), StringComparer.Ordinal); // each once
        Assert.Equal([1, 10, 10, 10, 10, 10], room.Store.Sent.Select(sent => sent.Rows));
        Assert.Equal(2, room.Store.MostUnderWay);
        Assert.Equal((51, 0), (room.Ledger.Delivered, room.Ledger.Remainder));
    }

    [Fact]
    public async Task Deliver_FreshSideFallsBehindAsWell_RowsAfterItGoFirstAndAllGoOnce()
    {
        await using DeliveryRoom room = Open();
        using var held = new HeldBacklog(room);
        string[] backlog = await LeaveBacklogAsync(room, 30);
        room.Lanes.Start();
        await room.UntilAsync(() => held.Waiting == 1);

        // A second backlog comes about while the first one is under way: more at once than a request takes.
        string[] second = DeliveryRoom.Keys(100, 25);
        await room.AcceptAsync(second);
        var fresh = new List<string>();
        while (Arrived(room).Length == 0)
        {
            // One that comes before the fresh side has gone on to the end of the log counts to the second backlog.
            Assert.True(fresh.Count < 1000, "no fresh row goes beside two backlogs");
            fresh.Add($"fresh{fresh.Count}");
            await room.AcceptAsync(fresh[^1]);
            for (int turn = 0; turn < 100; turn++)
            {
                room.Clock.Advance(TimeSpan.FromMilliseconds(10));
                await Task.Yield();
            }
        }

        Assert.Equal(0, room.Ledger.Remainder);
        held.Release();
        await room.DeliveredAsync(55 + fresh.Count);

        Assert.Equal(backlog.Concat(second).Concat(fresh).Order(StringComparer.Ordinal), Arrived(room).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal((55 + fresh.Count, 0), (room.Ledger.Delivered, room.Ledger.Remainder));
    }

    [Fact]
    public async Task Deliver_BacklogAndItsFreshRowsGone_SplitsAgainAtTheNextOne()
    {
        await using DeliveryRoom room = Open();
        for (int round = 0; round < 3; round++)
        {
            using var held = new HeldBacklog(room);
            await room.AcceptAsync([.. Enumerable.Range(0, 30).Select(i => $"old{round}x{i}")]);
            await room.UntilAsync(() => held.Waiting == 1, 0.01);
            await room.AcceptAsync($"fresh{round}");
            await room.UntilAsync(() => Arrived(room).Contains($"fresh{round}", StringComparer.Ordinal), 0.01);
            await room.UntilAsync(() => room.Ledger.Pending == 30);

            held.Release();
            await room.DeliveredAsync(31 * (round + 1), 0.05);
        }

        Assert.Equal(93, Arrived(room).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal((93, 93, 0), (Arrived(room).Length, room.Ledger.Delivered, room.Ledger.Remainder));
    }

    [Fact]
    public async Task Deliver_BurstThatIsYoung_HasTwoRequestsUnderWayAtATime()
    {
        await using DeliveryRoom room = Open(Small with { FreshWithin = TimeSpan.FromSeconds(1), Connections = 4 });
        using var held = new HeldBacklog(room);
        room.Lanes.Start();
        await AcceptRecordsAsync(room, 0, 5);
        await room.UntilAsync(() => held.Waiting == 2);
        await room.AcceptAsync("after");
        Assert.Empty(room.Store.Sent);

        held.Release();
        await room.DeliveredAsync(51);

        Assert.Equal(DeliveryRoom.Keys(0, 50).Append("after").Order(StringComparer.Ordinal), Arrived(room).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal([1, 10, 10, 10, 10, 10], room.Store.Sent.Select(sent => sent.Rows).Order());
        Assert.Equal(2, room.Store.MostUnderWay);
        Assert.Equal((51, 0), (room.Ledger.Delivered, room.Ledger.Remainder));
    }

    [Fact]
    public async Task Deliver_BurstOverOneConnection_GoesInItsOrder()
    {
        await using DeliveryRoom room = Open(Small with { FreshWithin = TimeSpan.FromSeconds(1), Connections = 1 });
        room.Lanes.Start();
        await AcceptRecordsAsync(room, 0, 5);
        await room.DeliveredAsync(50, stepSeconds: 0);

        Assert.Equal(DeliveryRoom.Keys(0, 50), Arrived(room), StringComparer.Ordinal);
        Assert.Equal(1, room.Store.MostUnderWay);
    }

    [Fact]
    public async Task Deliver_BurstHasWaitedForTooLong_RowsAfterItGoAhead()
    {
        await using DeliveryRoom room = Open(Small with { FreshWithin = TimeSpan.FromSeconds(1) });
        using var held = new HeldBacklog(room);
        room.Lanes.Start();
        await AcceptRecordsAsync(room, 0, 2);
        await room.UntilAsync(() => held.Waiting == 2);
        await AcceptRecordsAsync(room, 2, 5);

        // The burst is young when the first two requests are done, and has waited for too long when the next ones are. Whether
        // those are one or two, four are done then, and the fifth is the backlog's.
        held.ReleaseOne();
        held.ReleaseOne();
        await room.UntilAsync(() => room.Ledger.Delivered == 20 && held.Waiting >= 1);
        room.Clock.Advance(TimeSpan.FromSeconds(1));
        held.ReleaseOne();
        held.ReleaseOne();
        await room.UntilAsync(() => room.Ledger.Delivered == 40 && held.Waiting == 1);
        await room.AcceptAsync("fresh");
        await room.UntilAsync(() => Arrived(room).Length > 40, 0.01);

        Assert.Equal("fresh", Arrived(room)[40]);
        held.Release();
        await room.DeliveredAsync(71);
        Assert.Equal((71, 0), (room.Ledger.Delivered, room.Ledger.Remainder));
    }

    [Fact]
    public async Task Deliver_RequestBesideAnotherBreaks_BothBeginAnewAndAllGoOnce()
    {
        await using DeliveryRoom room = Open(Small with { FreshWithin = TimeSpan.FromSeconds(1) });
        using var held = new HeldBacklog(room);
        Func<Batch, CancellationToken, Task> hold = room.Store.OnWrite!;
        int requests = 0;
        room.Store.OnWrite = (batch, token) =>
            Interlocked.Increment(ref requests) == 2 ? throw new InvalidOperationException("a fault of the program") : hold(batch, token);
        room.Lanes.Start();
        await AcceptRecordsAsync(room, 0, 4);
        await room.UntilAsync(() => room.Lanes.NotReadyBecause?.Contains("a fault of the program", StringComparison.Ordinal) == true);
        Assert.Equal(0, held.Waiting);
        held.Release();
        await room.DeliveredAsync(40, 1);

        Assert.Equal(DeliveryRoom.Keys(0, 40).Order(StringComparer.Ordinal), Arrived(room).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal((40, 0), (room.Ledger.Delivered, room.Ledger.Remainder));
    }

    [Fact]
    public async Task Stop_InTheMiddleOfABacklog_NextStartSendsOnlyTheRest()
    {
        var clock = new FakeTimeProvider(DeliveryRoom.Start);
        string[] backlog;
        await using (DeliveryRoom room = Open(clock: clock))
        {
            using var held = new HeldBacklog(room);
            backlog = await LeaveBacklogAsync(room, 50);
            room.Lanes.Start();
            await room.UntilAsync(() => held.Waiting == 1);
            await room.AcceptAsync("fresh1", "fresh2");
            await room.UntilAsync(() => room.Ledger.Delivered == 2, 0.01);
            held.ReleaseOne();
            await room.UntilAsync(() => room.Ledger.Delivered == 12, 0.01);

            await room.StopAsync();
            Assert.Equal((12, 40, 0), (room.Ledger.Delivered, room.Ledger.Pending, room.Ledger.Remainder));
        }

        await using DeliveryRoom next = Open(clock: clock);
        next.Lanes.Start();
        await next.DeliveredAsync(40);

        Assert.Equal(backlog[10..], Arrived(next), StringComparer.Ordinal);
        Assert.Equal((40, 40, 0), (next.Ledger.Recovered, next.Ledger.Delivered, next.Ledger.Remainder));
    }

    [Fact]
    public async Task Stop_StoreTakesRows_DrainsBothSides()
    {
        await using DeliveryRoom room = Open();
        using var held = new HeldBacklog(room);
        await LeaveBacklogAsync(room, 50);
        room.Lanes.Start();
        await room.UntilAsync(() => held.Waiting == 1);
        await room.AcceptAsync("fresh");
        held.Release();

        await room.StopAsync(stepSeconds: 0);

        Assert.Equal((51, 0, 0), (room.Ledger.Delivered, room.Ledger.Pending, room.Ledger.Remainder));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Deliver_BacklogsOfOtherTables_LeaveAConnectionToFreshRows(int connections)
    {
        await using DeliveryRoom room = Open(Small with { Connections = connections });
        using var held = new HeldBacklog(room);
        await LeaveBacklogAsync(room, 50);
        foreach (string key in DeliveryRoom.Keys(0, 50))
        {
            await room.Spool.Log(DeliveryRoom.Other.Name).AppendAsync(DeliveryRoom.Lines(DeliveryRoom.Other, key), 1);
        }

        room.Lanes.Start();
        await room.UntilAsync(() => held.Waiting == connections - 1);

        // A row that comes before its lane has told fresh rows from the backlog waits with the latter; those behind it do not.
        int sent = 0;
        int turn = 0;
        await Eventually.HoldsAsync(() => Arrived(room).Length >= 3 && room.Store.Rows(DeliveryRoom.Other).Count() >= 3, () =>
        {
            if (turn++ % 100 == 0)
            {
                Assert.Null(room.TryAcceptAsync(DeliveryRoom.Table, $"fresh{sent}").GetAwaiter().GetResult());
                Assert.Null(room.TryAcceptAsync(DeliveryRoom.Other, $"fresh{sent}").GetAwaiter().GetResult());
                sent++;
            }

            room.Clock.Advance(TimeSpan.FromMilliseconds(10));
        });

        Assert.Equal(connections - 1, held.Waiting);
        held.Release();
        await room.DeliveredAsync(100 + (2 * sent));
        Assert.All(room.Lanes.Ledger, books => Assert.Equal((50 + sent, 0), (books.Delivered, books.Remainder)));
    }

    [Fact]
    public async Task Deliver_BadRowsInABacklog_AreSetAsideByTheirRecords()
    {
        await using DeliveryRoom room = Open();
        room.Store.Judge = FakeStore.NoBadRows(named: true);
        await LeaveBacklogAsync(room, 15);
        await room.LeaveAsync("bad");
        room.Lanes.Start();
        await room.AcceptAsync("fresh", "badly");
        await room.DeliveredAsync(18);

        Assert.Equal((16, 2, 0, 0), (room.Ledger.Delivered, room.Ledger.Quarantined, room.Ledger.Pending, room.Ledger.Remainder));
        string quarantined = await File.ReadAllTextAsync(Path.Combine(room.QuarantineFolder, "t.jsonl"));
        Assert.Contains("\"record\":16,\"row\":0", quarantined, StringComparison.Ordinal);
        Assert.Contains("\"record\":17,\"row\":1", quarantined, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_BacklogHalted_IsToldWhileFreshRowsGoOn()
    {
        await using DeliveryRoom room = Open();
        room.Store.Judge = batch => batch.Rows == 10 ? new Outcome.Halted("no") : Outcome.Accepted.Instance;
        await LeaveBacklogAsync(room, 20);
        room.Lanes.Start();
        await room.UntilAsync(() => room.Lanes.NotReadyBecause?.Contains("halted", StringComparison.Ordinal) == true);

        await room.AcceptAsync("fresh");
        await room.UntilAsync(() => room.Ledger.Delivered == 1, 0.01);
        Assert.NotNull(room.Lanes.NotReadyBecause);
        Assert.Equal((20, 0), (room.Ledger.Pending, room.Ledger.Remainder));

        room.Store.Judge = _ => Outcome.Accepted.Instance;
        await room.DeliveredAsync(21, 1);
        Assert.Null(room.Lanes.NotReadyBecause);
    }

    [Fact]
    public async Task Deliver_BacklogBreaks_BothSidesBeginAnewAndNothingIsLost()
    {
        await using DeliveryRoom room = Open();
        bool isMended = false;
        room.Store.OnWrite = (batch, _) => isMended || batch.Rows < 10 ? Task.CompletedTask : throw new InvalidOperationException("a fault of the program");
        await LeaveBacklogAsync(room, 20);
        room.Lanes.Start();
        await room.UntilAsync(() => room.Lanes.NotReadyBecause?.Contains("a fault of the program", StringComparison.Ordinal) == true);

        isMended = true;
        await room.AcceptAsync("fresh");
        await room.DeliveredAsync(21, 1);

        Assert.Equal((21, 0), (Arrived(room).Length, room.Ledger.Remainder));
        Assert.Null(room.Lanes.NotReadyBecause);
    }

    private DeliveryRoom Open(DeliveryOptions? options = null, FakeTimeProvider? clock = null) => new(_folder.Path, options ?? Small, clock: clock);

    /// <summary>Hands in records of as many rows as a request takes.</summary>
    private static async Task AcceptRecordsAsync(DeliveryRoom room, int from, int count)
    {
        for (int record = from; record < from + count; record++)
        {
            await room.AcceptAsync(DeliveryRoom.Keys(record * Small.BacklogRows, Small.BacklogRows));
        }
    }

    private static async Task<string[]> LeaveBacklogAsync(DeliveryRoom room, int rows)
    {
        string[] keys = DeliveryRoom.Keys(0, rows);
        foreach (string key in keys)
        {
            await room.LeaveAsync(key);
        }

        return keys;
    }

    private static string[] Arrived(DeliveryRoom room) => [.. room.Store.Rows(DeliveryRoom.Table).Select(row => row[4..row.IndexOf(' ')])];

    /// <summary>Holds requests of a backlog's size in the store until they are let go.</summary>
    private sealed class HeldBacklog : IDisposable
    {
        private readonly SemaphoreSlim _let = new(0);
        private int _waiting;

        public HeldBacklog(DeliveryRoom room) => room.Store.OnWrite = async (batch, token) =>
        {
            if (batch.Rows >= Small.BacklogRows)
            {
                Interlocked.Increment(ref _waiting);
                try
                {
                    await _let.WaitAsync(token);
                }
                finally
                {
                    Interlocked.Decrement(ref _waiting);
                }
            }
        };

        public int Waiting => Volatile.Read(ref _waiting);

        public void ReleaseOne() => _let.Release();

        public void Release() => _let.Release(1000);

        /// <summary>Lets all go: a waiter of a semaphore that is disposed of would never end.</summary>
        public void Dispose()
        {
            Release();
            _let.Dispose();
        }
    }
}
