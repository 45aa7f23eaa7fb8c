namespace Demo;

/// <summary>Time since the start, by which everything happens, and what it is in UTC.</summary>
internal sealed class SimulationClock(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    public TimeProvider Time => time;

    public TimeSpan Elapsed => time.GetElapsedTime(_started);

    /// <summary>An instant in UTC, counted from now: an adjusted system clock is followed.</summary>
    public DateTime UtcAt(TimeSpan at) => (time.GetUtcNow() - (Elapsed - at)).UtcDateTime;
}
