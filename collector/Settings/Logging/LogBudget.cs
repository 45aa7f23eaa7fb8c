namespace Collector.Settings.Logging;

/// <summary>Lets so many messages of a kind be logged in 10 s, and counts the others. Thread-safe.</summary>
public sealed class LogBudget(TimeProvider clock, int most)
{
    private readonly Lock _gate = new();
    private long _began = clock.GetTimestamp();
    private int _taken;

    /// <param name="leftOut">Messages that the time before left out, told once.</param>
    /// <returns>True when a message may be logged.</returns>
    public bool TryTake(out int leftOut)
    {
        lock (_gate)
        {
            leftOut = 0;
            if (clock.GetElapsedTime(_began) >= RepeatedLog.Pause)
            {
                leftOut = Math.Max(0, _taken - most);
                (_began, _taken) = (clock.GetTimestamp(), 0);
            }

            return ++_taken <= most;
        }
    }
}
