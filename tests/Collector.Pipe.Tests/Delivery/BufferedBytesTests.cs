using Collector.Pipe.Delivery;
using Collector.Settings;
using Outcome = Collector.Pipe.Delivery.Outcome;

namespace Collector.Tests.Pipe.Delivery;

/// <summary>What the lanes hold in memory: as much as they may, and nothing while a table waits for somebody.</summary>
public sealed class BufferedBytesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Deliver_Halted_HoldsNothingAndSendsTheSameBytesAgain()
    {
        await using var room = new DeliveryRoom(_folder.Path);
        bool isWell = false;
        room.Store.Judge = _ => isWell ? Outcome.Accepted.Instance : new Outcome.Halted("suspended");
        await room.LeaveAsync("a", "b");
        await room.LeaveAsync("c");
        room.Lanes.Start();
        await room.UntilAsync(() => room.Lanes.Halted.Any(), 0.05);

        Assert.Equal(0, room.Lanes.BufferedBytes);

        isWell = true;
        await room.DeliveredAsync(3, stepSeconds: 1);
        byte[][] sent = [.. room.Store.Sent.Select(sent => sent.Bytes)];
        Assert.True(sent.Length >= 2);
        Assert.All(sent, bytes => Assert.Equal(sent[0], bytes));
        Assert.Equal(0, room.Lanes.BufferedBytes);
        Assert.Equal(0, room.Ledger.Remainder);
    }

    [Fact]
    public async Task Deliver_HaltedAndMeanwhileTheDiskLosesARecord_SendsTheOthers()
    {
        await using var room = new DeliveryRoom(_folder.Path);
        bool isWell = false;
        room.Store.Judge = _ => isWell ? Outcome.Accepted.Instance : new Outcome.Halted("suspended");
        string[] keys = DeliveryRoom.Keys(0, 300);
        for (int i = 0; i < keys.Length; i += 3)
        {
            await room.LeaveAsync(keys[i..(i + 3)]);
        }

        room.Lanes.Start();
        await room.UntilAsync(() => room.Lanes.Halted.Any(), 0.05);
        string segment = Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "spool", "t"), "*.seg"));
        Assert.True(new FileInfo(segment).Length > 3 * 4096);
        room.Disk.Lose(segment, 4096);
        isWell = true;

        await room.UntilAsync(() => room.Ledger.Pending == 0, 1);

        LedgerEntry books = room.Ledger;
        Assert.InRange(books.DroppedCorrupt, 1, 150);
        Assert.Equal((300 - books.DroppedCorrupt, 0), (books.Delivered, books.Remainder));
        Assert.Equal(books.Delivered, room.Store.Rows(DeliveryRoom.Table).Distinct().Count());
    }

    [Theory]
    [InlineData(13)]
    [InlineData(24)]
    public async Task Deliver_RowsCannotBeReadForNow_SaysSoAndDeliversThemLater(int errno)
    {
        await using var room = new DeliveryRoom(_folder.Path);
        await room.LeaveAsync("a", "b");
        room.Disk.RefusesReads = errno;
        room.Lanes.Start();
        await room.UntilAsync(() => room.Lanes.Halted.Any(), 0.05);
        Assert.Contains("cannot be read now", room.Lanes.Halted.Single().Reason, StringComparison.Ordinal);

        room.Disk.RefusesReads = 0;
        await room.DeliveredAsync(2, stepSeconds: 0.1);

        Assert.Empty(room.Lanes.Halted);
        Assert.Equal((2, 0, 0), (room.Ledger.Delivered, room.Ledger.DroppedCorrupt, room.Ledger.Remainder));
        Assert.Equal(default, room.Spool.Log("t").Damage);
    }

    [Fact]
    public async Task Deliver_StoreAway_HoldsNoMoreThanItMayAndDeliversAllAfterwards()
    {
        var options = new DeliveryOptions { BacklogRows = 100_000, BacklogBytes = ByteSize.KiB(256), MaxBufferedBytes = ByteSize.MiB(1), BatchBytes = ByteSize.KiB(256), BatchRows = 100_000 };
        await using var room = new DeliveryRoom(_folder.Path, options);
        bool isAway = true;
        room.Store.Judge = _ => isAway ? new Outcome.Retry("away") : Outcome.Accepted.Instance;
        long most = 0;
        room.Store.OnWrite = (_, _) =>
        {
            most = Math.Max(most, room.Lanes.BufferedBytes);
            return Task.CompletedTask;
        };
        for (int i = 0; i < 20; i++)
        {
            await room.LeaveAsync(DeliveryRoom.Keys(i * 2000, 2000));
        }

        room.Lanes.Start();
        await room.UntilAsync(() => room.Store.Sent.Count > 2, 0.05);
        isAway = false;
        await room.DeliveredAsync(40_000, stepSeconds: 0.1);

        Assert.InRange(most, 1, options.MaxBufferedBytes.Bytes);
        Assert.Equal(0, room.Lanes.BufferedBytes);
    }
}
