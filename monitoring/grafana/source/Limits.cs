using Collector.Dashboards.Alerting;

namespace Collector.Dashboards;

/// <summary>Where a value turns from good to bad. What has an alert turns where that fires.</summary>
internal static class Limits
{
    public static readonly Thresholds DaemonMemory = Thresholds.Limits(1e6 * AlertLimits.DaemonMemoryMegabytes, 1e6 * AlertLimits.DaemonMemoryMegabytesCritical);
    public static readonly Thresholds ErrorsPerMinute = new("green", (AlertLimits.DaemonErrorsPerMinute, "orange"));
    public static readonly Thresholds Restarts = new("green", (1, "yellow"), (AlertLimits.DaemonRestarts + 1, "orange"));
    public static readonly Thresholds RoundTrip = new("green", (AlertLimits.RoundTripMilliseconds, "orange"));
    public static readonly Thresholds Reconnects = new("green", (1, "yellow"), (AlertLimits.Reconnects + 1, "orange"));
    public static readonly Thresholds RateLimit = new("green", (AlertLimits.RateLimitPercent, "orange"));
    public static readonly Thresholds PipelineLatency = new("green", (AlertLimits.PipelineMilliseconds, "orange"));
    public static readonly Thresholds Drawdown = Thresholds.Limits(AlertLimits.DrawdownPercent, AlertLimits.DrawdownPercentCritical);
    public static readonly Thresholds FillRate = new("orange", (AlertLimits.FillPercent / 100, "green"));
    public static readonly Thresholds Disk = Thresholds.Limits(AlertLimits.DiskPercent, AlertLimits.DiskPercentCritical);
    public static readonly Thresholds WriteToVisible = new("green", (AlertLimits.WriteToVisibleSeconds, "orange"));
    public static readonly Thresholds SpoolShare = Thresholds.Limits(50, 80);

    /// <summary>Seconds until the spool is full.</summary>
    public static readonly Thresholds TimeToFull = new("red", (3600 * AlertLimits.SpoolHoursCritical, "orange"), (3600 * AlertLimits.SpoolHours, "green"));

    /// <summary>Seconds since the newest row, of rows that come every 10 s or faster.</summary>
    public static readonly Thresholds Age = Thresholds.Limits(30, 120);

    /// <summary>The same of rows that come every 30 s.</summary>
    public static readonly Thresholds PipelineAge = Thresholds.Limits(90, 300);

    /// <summary>What has no limit of its own: processor and memory of a machine.</summary>
    public static readonly Thresholds Share = Thresholds.Limits(80, 95);
}
