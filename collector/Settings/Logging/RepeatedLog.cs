namespace Collector.Settings.Logging;

/// <summary>Lets a repeated error be logged once per 10 s.</summary>
public sealed class RepeatedLog(TimeProvider clock)
{
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _last;

    public bool IsDue()
    {
        lock (_gate)
        {
            if (_last is { } last && clock.GetElapsedTime(last) < Pause)
            {
                return false;
            }

            _last = clock.GetTimestamp();
            return true;
        }
    }
}
