namespace Collector.Dashboards;

/// <summary>Where a value turns from good to bad. Panels draw these lines; alerts fire at them.</summary>
internal static class Limits
{
    public static readonly Thresholds DaemonMemory = Thresholds.Limits(800e6, 1200e6);
    public static readonly Thresholds ErrorsPerMinute = new("green", (5, "orange"));
    public static readonly Thresholds Restarts = new("green", (1, "yellow"), (4, "orange"));
    public static readonly Thresholds RoundTrip = new("green", (300, "orange"));
    public static readonly Thresholds Reconnects = new("green", (1, "yellow"), (6, "orange"));
    public static readonly Thresholds RateLimit = new("green", (90, "orange"));
    public static readonly Thresholds PipelineLatency = new("green", (500, "orange"));
    public static readonly Thresholds Drawdown = Thresholds.Limits(5, 10);
    public static readonly Thresholds FillRate = new("orange", (0.5, "green"));
    public static readonly Thresholds Disk = Thresholds.Limits(85, 95);
    public static readonly Thresholds WriteToVisible = new("green", (5, "orange"));
    public static readonly Thresholds SpoolShare = Thresholds.Limits(50, 80);

    /// <summary>Seconds until the spool is full: below 4 h and 12 h.</summary>
    public static readonly Thresholds TimeToFull = new("red", (4 * 3600, "orange"), (12 * 3600, "green"));

    /// <summary>Seconds since the newest row, of rows that come every 10 s or faster.</summary>
    public static readonly Thresholds Age = Thresholds.Limits(30, 120);

    /// <summary>The same of rows that come every 30 s.</summary>
    public static readonly Thresholds PipelineAge = Thresholds.Limits(90, 300);

    /// <summary>What has no limit of its own: processor and memory of a machine.</summary>
    public static readonly Thresholds Share = Thresholds.Limits(80, 95);
}
