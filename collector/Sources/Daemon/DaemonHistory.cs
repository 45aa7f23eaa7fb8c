using System.Globalization;

namespace Collector.Sources.Daemon;

/// <summary>What one reading alone does not tell: restarts, downtime, the time of the last error. Kept over a restart of the collector.</summary>
internal sealed class DaemonHistory(ISourceState state)
{
    private double? _uptime;
    private DateTimeOffset? _startedAt = Time(state.Get("started_at"));
    private DateTimeOffset? _lastRunningAt = Time(state.Get("last_running_at"));
    private long? _errorCount = Count(state.Get("error_count"));
    private long _restarts = Count(state.Get("restarts")) ?? 0;

    /// <summary>Restarts that were seen.</summary>
    public long Restarts => _restarts;

    /// <summary>When the error count was last seen to grow.</summary>
    public DateTimeOffset? LastErrorAt { get; private set; } = Time(state.Get("last_error_at"));

    /// <summary>Time since the daemon last said that it runs; null when it never did.</summary>
    public TimeSpan? Downtime(DateTimeOffset now) => now - _lastRunningAt;

    public void SawRunning(DateTimeOffset now) => Keep("last_running_at", _lastRunningAt = now);

    /// <summary>Counts a restart when the uptime fell, or the process has another start time.</summary>
    public void SawStart(double? uptimeSeconds, DateTimeOffset? processStart, DateTimeOffset now)
    {
        // A start time worked out from an uptime wanders by the time the answer took: more than 2 s less uptime than that
        // is another start. The process's own start time, where there is one, is exact to the clock tick.
        DateTimeOffset? start = processStart ?? (uptimeSeconds is { } uptime ? now.AddSeconds(-uptime) : null);
        bool restarted = (uptimeSeconds < _uptime) || (start - _startedAt > TimeSpan.FromSeconds(2));
        if (restarted)
        {
            state.Set("restarts", (++_restarts).ToString(CultureInfo.InvariantCulture));
        }

        _uptime = uptimeSeconds ?? _uptime;
        if (start is { } known && (restarted || _startedAt is null))
        {
            Keep("started_at", _startedAt = known);
        }
    }

    public void SawErrorCount(long? count, DateTimeOffset now)
    {
        if (count is not { } value)
        {
            return;
        }

        if (value > _errorCount)
        {
            Keep("last_error_at", LastErrorAt = now);
        }

        if (value != _errorCount)
        {
            _errorCount = value;
            state.Set("error_count", value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private void Keep(string key, DateTimeOffset? time) => state.Set(key, time!.Value.ToString("O", CultureInfo.InvariantCulture));

    private static DateTimeOffset? Time(string? kept) =>
        DateTimeOffset.TryParse(kept, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset time) ? time : null;

    private static long? Count(string? kept) => long.TryParse(kept, NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : null;
}
