using System.Text.Json;
using Collector.Pipe.Delivery;

namespace Collector.Tests.Pipe.Delivery;

/// <summary>Answers that may be a row's fault, or may not: when a row is blamed, and when its table waits.</summary>
public sealed class SuspectRowsTests : IDisposable
{
    private static readonly DeliveryOptions Small = new()
    {
        BatchRows = 4,
        Linger = TimeSpan.FromMilliseconds(200),
        RetryDelay = TimeSpan.FromMilliseconds(100),
        RetryMaxDelay = TimeSpan.FromSeconds(1),
        HaltedRetry = TimeSpan.FromSeconds(30),
        MaxBadRows = 3,
        SuspectAfter = 5,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Deliver_ServerErrorOverOneRowWhileOtherTablesAreTaken_CostsThatRow()
    {
        await using DeliveryRoom room = Open();
        room.Store.Judge = Failing(mayBeData: true);

        await room.AcceptAsync("a", "b", "bad", "d");
        await BesideAsync(room, () => room.Ledger.Pending == 0);

        Assert.Equal(["a", "b", "d"], Taken(room), StringComparer.Ordinal);
        Assert.Equal("it failed (5 times, while other tables were taken)", Assert.Single(Reasons(room)));
        Assert.Equal((3, 1, 0), (room.Ledger.Delivered, room.Ledger.Quarantined, room.Ledger.Remainder));

        // The batch five times, its second half once, and then the row alone as often as the batch.
        string[] failed = [.. Requests(room, accepted: false)];
        Assert.Equal(["a,b,bad,d", "bad,d", "bad"], failed.Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(5, failed.Count(request => request == "bad"));
        Assert.Equal(1, failed.Count(request => request == "bad,d"));
    }

    [Fact]
    public async Task Deliver_ServerErrorAndNothingElseIsTaken_IsRepeatedWithoutEnd()
    {
        await using DeliveryRoom room = Open();
        room.Store.Judge = Failing(mayBeData: true);

        await room.AcceptAsync("a", "b", "bad", "d");
        await room.UntilAsync(() => room.Store.Sent.Count >= 100, 0.5);

        Assert.Equal(["a,b,bad,d"], Requests(room, accepted: false).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal((4, 0), (room.Ledger.Pending, room.Ledger.Quarantined));
    }

    [Fact]
    public async Task Deliver_OtherTablesWereTakenOnlyBefore_BlamesNoRow()
    {
        await using DeliveryRoom room = Open();
        await room.TryAcceptAsync(DeliveryRoom.Other, DeliveryRoom.Keys(0, 4));
        await room.UntilAsync(() => room.Store.Sent.Count == 1);
        room.Store.Judge = Failing(mayBeData: true);

        await room.AcceptAsync("a", "b", "bad", "d");
        await room.UntilAsync(() => room.Store.Sent.Count >= 50, 0.5);

        Assert.Equal(["a,b,bad,d"], Requests(room, accepted: false).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Deliver_ServerAwayForOneTable_BlamesNoRow()
    {
        await using DeliveryRoom room = Open();
        room.Store.Judge = Failing(mayBeData: false);

        await room.AcceptAsync("a", "b", "bad", "d");
        await BesideAsync(room, () => Requests(room, accepted: false).Count() >= 50);

        Assert.Equal(["a,b,bad,d"], Requests(room, accepted: false).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal((4, 0), (room.Ledger.Pending, room.Ledger.Quarantined));
    }

    [Fact]
    public async Task Deliver_ServerErrorOverEveryRowOfATable_HaltsIt()
    {
        await using DeliveryRoom room = Open(Small with { BatchRows = 8 });
        bool isMended = false;
        room.Store.Judge = batch => batch.Table == DeliveryRoom.Table && !isMended ? new Outcome.Retry("it failed", null, MayBeData: true) : Outcome.Accepted.Instance;

        await room.AcceptAsync(DeliveryRoom.Keys(0, 8));
        await BesideAsync(room, () => room.Lanes.NotReadyBecause?.Contains("max_bad_rows", StringComparison.Ordinal) == true);
        Assert.Equal((8, 0), (room.Ledger.Pending, room.Ledger.Quarantined));

        isMended = true;
        await BesideAsync(room, () => room.Ledger.Delivered == 8);
        Assert.False(Directory.Exists(room.QuarantineFolder));
    }

    [Fact]
    public async Task Deliver_EveryBatchOfASlowTableRejected_HaltsItInsteadOfEmptyingIt()
    {
        await using DeliveryRoom room = Open();
        bool isMended = false;
        room.Store.Judge = _ => isMended ? Outcome.Accepted.Instance : new Outcome.Rejected("no", 1);

        for (int i = 0; i < 10; i++)
        {
            await room.AcceptAsync($"k{i}");
            for (int turn = 0; turn < 30; turn++)
            {
                room.Clock.Advance(TimeSpan.FromMilliseconds(20));
                await Task.Yield();
            }
        }

        await room.UntilAsync(() => room.Lanes.NotReadyBecause?.Contains("max_bad_rows", StringComparison.Ordinal) == true, 0.1);
        Assert.InRange(room.Ledger.Quarantined, 1, Small.MaxBadRows);

        isMended = true;
        await room.UntilAsync(() => room.Ledger.Pending == 0, 1);
        Assert.Equal((10, 0), (room.Ledger.Delivered + room.Ledger.Quarantined, room.Ledger.Remainder));
        Assert.InRange(room.Ledger.Quarantined, 1, Small.MaxBadRows);
    }

    [Fact]
    public async Task Deliver_BadRowsNowAndThen_NeverHalt()
    {
        await using DeliveryRoom room = Open();
        room.Store.Judge = FakeStore.NoBadRows(named: true);

        for (int i = 0; i < 12; i++)
        {
            await room.AcceptAsync($"bad{i}");
            await room.DeliveredAsync((2 * i) + 1);
            await room.AcceptAsync($"good{i}");
            await room.DeliveredAsync((2 * i) + 2);
        }

        Assert.Equal((12, 12), (room.Ledger.Delivered, room.Ledger.Quarantined));
    }

    [Fact]
    public async Task Deliver_RefusedForItsSizeByWhatStandsInBetween_IsCutAndNeverBlamesARow()
    {
        await using DeliveryRoom room = Open();
        int largest = 2;
        room.Store.Judge = batch => batch.Rows > largest ? new Outcome.Rejected("a proxy's limit", BlamesRow: false) : Outcome.Accepted.Instance;
        await room.AcceptAsync("a", "b", "c", "d");
        await room.DeliveredAsync(4);
        Assert.Equal([4, 2, 2], room.Store.Sent.Select(sent => sent.Rows));

        largest = 0;
        await room.AcceptAsync("e", "f");
        await room.UntilAsync(() => room.Lanes.NotReadyBecause?.Contains("a proxy's limit", StringComparison.Ordinal) == true, 0.1);
        Assert.Equal((2, 0), (room.Ledger.Pending, room.Ledger.Quarantined));

        largest = 4;
        await room.DeliveredAsync(6, 1);
        Assert.Equal(6, room.Ledger.Delivered);
    }

    private DeliveryRoom Open(DeliveryOptions? options = null) => new(_folder.Path, options ?? Small);

    /// <summary>Fails over requests with a row whose key begins with <c>bad</c>, and takes all others.</summary>
    private static Func<Batch, Outcome> Failing(bool mayBeData) => batch =>
        FakeStore.NoBadRows(named: false)(batch) is Outcome.Rejected ? new Outcome.Retry("it failed", null, mayBeData) : Outcome.Accepted.Instance;

    /// <summary>Hands rows of another table in until it is so.</summary>
    private static async Task BesideAsync(DeliveryRoom room, Func<bool> condition)
    {
        int row = 0;
        for (int turn = 0; !condition(); turn++)
        {
            Assert.True(turn < 100_000, $"waits in vain; {room.Store.Sent.Count} requests, ready: {room.Lanes.NotReadyBecause}");
            if (turn % 20 == 0)
            {
                Assert.Null(await room.TryAcceptAsync(DeliveryRoom.Other, $"other{row++}"));
            }

            room.Clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }
    }

    private static IEnumerable<string> Taken(DeliveryRoom room) =>
        Requests(room, accepted: true).SelectMany(request => request.Split(',')).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Requests(DeliveryRoom room, bool accepted) => room.Store.Sent
        .Where(sent => sent.Table == "t" && sent.Outcome is Outcome.Accepted == accepted)
        .Select(sent => string.Join(',', FakeStore.Split(DeliveryRoom.Table, sent.Bytes).Select(row => row[4..row.IndexOf(' ')])));

    private static IEnumerable<string?> Reasons(DeliveryRoom room) => File.ReadLines(Path.Combine(room.QuarantineFolder, "t.jsonl"))
        .Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("reason").GetString());
}
