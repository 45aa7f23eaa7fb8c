namespace Collector.FaultTests.Feeding;

/// <summary>A clock that can be set, as an administrator sets it; its monotonic side goes on evenly.</summary>
internal sealed class SteppedClock(TimeSpan ahead) : TimeProvider
{
    private long _ahead = ahead.Ticks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ahead));

    /// <summary>Sets it this much ahead of the system's clock; negative: behind.</summary>
    public void Set(TimeSpan ahead) => Interlocked.Exchange(ref _ahead, ahead.Ticks);
}
