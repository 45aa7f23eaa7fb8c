using System.Globalization;
using Collector.Lines;

namespace Collector.Sources.Daemon;

/// <summary>What one reading alone does not tell: restarts, downtime, the time of the last error. Kept over a restart of the collector.</summary>
internal sealed class DaemonHistory(ISourceState state, TimeProvider clock)
{
    /// <summary>How far the daemon's idea of a second, and the way of its answer, may be off.</summary>
    private const double ToleranceSeconds = 2;

    private string? _process = state.Get("process");
    private double? _uptime = Number(state.Get("uptime"));
    private readonly DateTimeOffset? _uptimeSavedAt = Time(state.Get("uptime_at"));
    private long? _uptimeAt;
    private DateTimeOffset? _lastRunningAt = Time(state.Get("last_running_at"));
    private long? _errorCount = Count(state.Get("error_count"));
    private long _restarts = Count(state.Get("restarts")) ?? 0;

    /// <summary>Restarts that were seen.</summary>
    public long Restarts => _restarts;

    /// <summary>When the error count was last seen to grow.</summary>
    public DateTimeOffset? LastErrorAt { get; private set; } = Time(state.Get("last_error_at"));

    /// <summary>Time since the daemon last said that it runs; null when it never did.</summary>
    public TimeSpan? Downtime(DateTimeOffset now) => now < _lastRunningAt ? TimeSpan.Zero : now - _lastRunningAt;

    public void SawRunning(DateTimeOffset now) => Keep("last_running_at", _lastRunningAt = now);

    /// <summary>Counts a restart when the process is another one, or the uptime tells of a start since the last reading.</summary>
    /// <param name="process">What tells the process from every other one; null where it cannot be read.</param>
    public void SawStart(double? uptimeSeconds, string? process, DateTimeOffset now)
    {
        if ((process is not null && _process is not null && process != _process) || IsYounger(uptimeSeconds, now))
        {
            state.Set("restarts", (++_restarts).ToString(CultureInfo.InvariantCulture));
        }

        if (process is not null && process != _process)
        {
            state.Set("process", _process = process);
        }

        if (uptimeSeconds is { } uptime)
        {
            (_uptime, _uptimeAt) = (uptime, clock.GetTimestamp());
            state.Set("uptime", uptime.ToString("R", CultureInfo.InvariantCulture));
            Keep("uptime_at", now);
        }
    }

    public void SawErrorCount(long? count, DateTimeOffset now)
    {
        if (count is not { } value)
        {
            return;
        }

        // A count below the last one began anew: what it shows has happened since.
        if (value > _errorCount || (value > 0 && value < _errorCount))
        {
            Keep("last_error_at", LastErrorAt = now);
        }

        if (value != _errorCount)
        {
            _errorCount = value;
            state.Set("error_count", value.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>
    /// A smaller uptime; or, after a time without readings, one shorter than that time. An uptime that stands still is that
    /// of a page that is not renewed, and tells nothing.
    /// </summary>
    private bool IsYounger(double? uptimeSeconds, DateTimeOffset now)
    {
        TimeSpan? unseen = _uptimeAt is { } at ? clock.GetElapsedTime(at) : now - _uptimeSavedAt;
        return uptimeSeconds < _uptime || (uptimeSeconds > _uptime && uptimeSeconds + ToleranceSeconds < unseen?.TotalSeconds);
    }

    private void Keep(string key, DateTimeOffset? time) => state.Set(key, time!.Value.ToString("O", CultureInfo.InvariantCulture));

    private static DateTimeOffset? Time(string? kept) =>
        DateTimeOffset.TryParse(kept, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset time) ? time : null;

    private static double? Number(string? kept) => double.TryParse(kept, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static long? Count(string? kept) => long.TryParse(kept, NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : null;
}
