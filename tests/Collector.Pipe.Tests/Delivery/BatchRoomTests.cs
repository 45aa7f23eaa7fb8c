using Collector.Pipe.Delivery;

namespace Collector.Tests.Pipe.Delivery;

public sealed class BatchRoomTests
{
    [Fact]
    public async Task TakeAsync_NoRoom_WaitsForItsTurn()
    {
        var room = new BatchRoom(100);
        await room.TakeAsync(60, default);
        Task second = room.TakeAsync(50, default).AsTask();
        Task third = room.TakeAsync(10, default).AsTask();

        Assert.False(second.IsCompleted || third.IsCompleted); // none passes the one before
        Assert.False(room.TryTake(1));
        room.Give(60);
        await Task.WhenAll(second, third);

        Assert.Equal(60, room.Taken);
        Assert.True(room.TryTake(40));
        Assert.False(room.TryTake(1));
    }

    [Fact]
    public async Task TakeAsync_MoreThanThereEverIs_GoesAlone()
    {
        var room = new BatchRoom(100);
        await room.TakeAsync(1, default);
        Task large = room.TakeAsync(500, default).AsTask();

        Assert.False(large.IsCompleted);
        room.Give(1);
        await large;
        Assert.False(room.TryTake(1));
        room.Give(500);
        Assert.Equal(0, room.Taken);
    }

    [Fact]
    public async Task TakeAsync_Cancelled_TakesNothingAndLetsTheNextOneIn()
    {
        var room = new BatchRoom(100);
        await room.TakeAsync(90, default);
        using var left = new CancellationTokenSource();
        Task gone = room.TakeAsync(50, left.Token).AsTask();
        Task next = room.TakeAsync(10, default).AsTask();
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);

        room.Give(0);
        await next;

        Assert.Equal(100, room.Taken);
    }

    [Fact]
    public async Task Change_LargerThanWasTaken_IsCountedAndOthersWait()
    {
        var room = new BatchRoom(100);
        await room.TakeAsync(20, default);
        room.Change(20, 300);

        Assert.Equal(300, room.Taken);
        Assert.False(room.TryTake(1));
        room.Change(300, 5);
        Assert.True(room.TryTake(95));
    }
}
