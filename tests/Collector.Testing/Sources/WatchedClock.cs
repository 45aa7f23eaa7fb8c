using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Testing;

/// <summary>A clock that stands, and tells what is waited for: a test moves it once somebody waits, and not before.</summary>
internal sealed class WatchedClock() : FakeTimeProvider(Began)
{
    public static readonly DateTimeOffset Began = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private long _jumped;

    /// <summary>Sets the clock on the wall, by which no time passes.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _jumped, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _jumped));

    /// <summary>The base reads it off the clock on the wall; a real one does not.</summary>
    public override long GetTimestamp() => base.GetTimestamp() - Interlocked.Read(ref _jumped);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Enqueue(dueTime);
        return timer;
    }

    /// <summary>Waits until somebody waits for this long, and forgets all earlier waits.</summary>
    public Task WaitForTimerAsync(TimeSpan time) => Eventually.HoldsAsync(() =>
    {
        while (_waits.TryDequeue(out TimeSpan wait))
        {
            if (wait == time)
            {
                return true;
            }
        }

        return false;
    });
}
