using Collector.Pipe.Delivery;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Pipe.Delivery;

public sealed class VisibilityProbeTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new(DeliveryRoom.Start);
    private readonly FakeWatchedStore _store;
    private readonly VisibilityProbe _probe;

    public VisibilityProbeTests()
    {
        _store = new FakeWatchedStore(new FakeStore(_clock));
        _probe = new VisibilityProbe(_store, "t", _clock);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Measure_VisibleAfterAWhile_IsTheTimeUntilThenByTheNewestRow()
    {
        _store.Visible.Enqueue(false);
        _store.Visible.Enqueue(false);

        TimeSpan? measured = await MeasureAsync(Batch("a", "b"), TimeSpan.FromMilliseconds(1));

        Assert.Equal(TimeSpan.FromMilliseconds(2 + 4), measured); // the pauses double
        Assert.Equal([.. Enumerable.Repeat((DeliveryRoom.Start.AddSeconds(-1) - DateTimeOffset.UnixEpoch).Ticks / 10, 3)], _store.Asked);
    }

    [Fact]
    public async Task Measure_NeverVisible_GivesUpAndToldNothing()
    {
        for (int i = 0; i < 1000; i++)
        {
            _store.Visible.Enqueue(false);
        }

        TimeSpan? measured = await MeasureAsync(Batch("a"), TimeSpan.FromMilliseconds(50));

        Assert.Null(measured);
        Assert.InRange(_clock.GetUtcNow() - DeliveryRoom.Start, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(11));
        Assert.InRange(_store.Asked.Count, 40, 60);
    }

    [Fact]
    public async Task Measure_CannotBeAsked_IsNotMeasured()
    {
        _store.Visible.Enqueue(null);

        Assert.Null(await _probe.MeasureAsync(Batch("a"), CancellationToken.None));
    }

    [Fact]
    public async Task Measure_OtherTableOrOneUnderWay_IsNotMeasured()
    {
        Assert.Null(await _probe.MeasureAsync(new Batch(DeliveryRoom.Other, DeliveryRoom.Lines(DeliveryRoom.Other, "a"), 1), CancellationToken.None));

        _store.Visible.Enqueue(false);
        Task<TimeSpan?> first = _probe.MeasureAsync(Batch("a"), CancellationToken.None);
        Assert.Null(await _probe.MeasureAsync(Batch("b"), CancellationToken.None));
        Assert.Single(_store.Asked);

        await Eventually.HoldsAsync(() => first.IsCompleted, () => _clock.Advance(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(TimeSpan.Zero, await _probe.MeasureAsync(Batch("c"), CancellationToken.None));
    }

    private static Batch Batch(params string[] keys) => new(DeliveryRoom.Table, DeliveryRoom.Lines(keys), keys.Length);

    /// <summary>Without a context to go back to, what waits goes on within <c>Advance</c>: the clock is never ahead of it.</summary>
    private Task<TimeSpan?> MeasureAsync(Batch batch, TimeSpan step) => Task.Run(() =>
    {
        Task<TimeSpan?> measured = _probe.MeasureAsync(batch, CancellationToken.None);
        while (!measured.IsCompleted)
        {
            _clock.Advance(step);
        }

        return measured;
    });
}
