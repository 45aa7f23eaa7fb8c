using Collector.Pipe.Delivery;

namespace Collector.Tests.Pipe.Delivery;

/// <summary>A batch of which the store takes a part.</summary>
public sealed class CutBatchTests : IDisposable
{
    private static readonly DeliveryOptions Small = new()
    {
        BatchRows = 1000,
        BacklogRows = 1000,
        Linger = TimeSpan.FromMilliseconds(200),
        RetryDelay = TimeSpan.FromMilliseconds(100),
        RetryMaxDelay = TimeSpan.FromSeconds(1),
        HaltedRetry = TimeSpan.FromSeconds(30),
        MaxBadRows = 3,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Deliver_HaltedHalfWay_SendsWhatTheStoreTookNoSecondTime()
    {
        await using var room = new DeliveryRoom(_folder.Path, Small);
        bool isMended = false;
        string large = new('x', 250);
        room.Store.Judge = batch => batch.Lines.Length > 200 && !isMended ? new Outcome.Rejected("413 of a proxy", BlamesRow: false) : Outcome.Accepted.Instance;
        await room.LeaveAsync("a", "b", "c", "d", large);

        room.Lanes.Start();
        await room.UntilAsync(() => room.Store.Sent.Count(sent => Keys(sent) == large) >= 3, 1);
        isMended = true;
        await room.DeliveredAsync(5, 1);

        Assert.Equal(["a", "b", "c", "d", large], room.Store.Rows(DeliveryRoom.Table).Select(row => KeyOf(row)).Order(StringComparer.Ordinal));
        Assert.Equal((5, 0, 0), (room.Ledger.Delivered, room.Ledger.Pending, room.Ledger.Remainder));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deliver_ManyBadRowsWithoutASchemaFile_CostThemselvesAlone(bool named)
    {
        await using var room = new DeliveryRoom(_folder.Path, Small);
        room.Store.Judge = FakeStore.NoBadRows(named);
        string[] keys = [.. Enumerable.Range(0, 60).Select(i => i is < 20 or (> 30 and < 50) ? $"bad{i}" : $"good{i}")];

        Assert.Null(await room.TryAcceptAsync(DeliveryRoom.Made, keys));
        await room.UntilAsync(() => Books(room) is { Pending: 0 }, 0.05);

        Assert.Equal(keys.Where(key => key.StartsWith("good", StringComparison.Ordinal)), room.Store.Rows(DeliveryRoom.Made).Select(row => KeyOf(row)));
        Assert.Equal((21, 39, 0), (Books(room)!.Value.Delivered, Books(room)!.Value.Quarantined, Books(room)!.Value.Remainder));
        Assert.Null(room.Lanes.NotReadyBecause);
    }

    [Fact]
    public async Task Deliver_NothingIsTakenWithoutASchemaFile_HaltsAndKeepsEverything()
    {
        await using var room = new DeliveryRoom(_folder.Path, Small);
        room.Store.Judge = FakeStore.NoBadRows(named: true);

        Assert.Null(await room.TryAcceptAsync(DeliveryRoom.Made, "bad1", "bad2", "bad3", "bad4", "bad5"));
        await room.UntilAsync(() => room.Lanes.NotReadyBecause?.Contains("none was taken", StringComparison.Ordinal) == true, 0.05);
        Assert.Equal((0, 0, 5), (Books(room)!.Value.Delivered, Books(room)!.Value.Quarantined, Books(room)!.Value.Pending));

        room.Store.Judge = _ => Outcome.Accepted.Instance;
        await room.UntilAsync(() => Books(room) is { Delivered: 5, Pending: 0 }, 1);
        Assert.Null(room.Lanes.NotReadyBecause);
    }

    [Fact]
    public async Task Deliver_BadRowsOnlyAfterOthersWereTaken_DoNotHalt()
    {
        await using var room = new DeliveryRoom(_folder.Path, Small);
        room.Store.Judge = FakeStore.NoBadRows(named: true);
        Assert.Null(await room.TryAcceptAsync(DeliveryRoom.Made, "good"));
        await room.UntilAsync(() => Books(room) is { Delivered: 1 }, 0.05);

        Assert.Null(await room.TryAcceptAsync(DeliveryRoom.Made, "bad1", "bad2", "bad3", "bad4", "bad5", "bad6"));
        await room.UntilAsync(() => Books(room) is { Pending: 0 }, 0.05);

        Assert.Equal((1, 6, 0), (Books(room)!.Value.Delivered, Books(room)!.Value.Quarantined, Books(room)!.Value.Remainder));
    }

    private static LedgerEntry? Books(DeliveryRoom room) => room.Lanes.Ledger.Where(entry => entry.Table == DeliveryRoom.Made.Name).Select(entry => (LedgerEntry?)entry).FirstOrDefault();

    private static string Keys(Sent sent) => string.Join(',', FakeStore.Split(DeliveryRoom.Table, sent.Bytes).Select(KeyOf));

    private static string KeyOf(string row)
    {
        int at = row.IndexOf("k=", StringComparison.Ordinal) + 2;
        return row[at..row.IndexOf(' ', StringComparison.Ordinal)];
    }
}
