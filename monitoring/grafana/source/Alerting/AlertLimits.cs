namespace Collector.Dashboards.Alerting;

/// <summary>
/// Where alerts fire, all of it. What is changed here goes into the rules and their documentation with
/// <c>UPDATE_DOCS=1 scripts/test.sh --filter UpToDate</c>.
/// </summary>
internal static class AlertLimits
{
    /// <summary>Environments whose critical alerts page. Those of any other are warnings.</summary>
    public static readonly string[] PagingEnvironments = ["prod"];

    /// <summary>
    /// How long a collector may be silent, in seconds: its status comes every 10 s unless <c>status_interval</c> says otherwise.
    /// Behind it, its own alert fires and no other.
    /// </summary>
    public const int SilentSeconds = 30;

    /// <summary>A series counts for so many hours after its last row, unless that says <c>retired</c>.</summary>
    public const int LivingHours = 24;

    public const double DaemonMemoryMegabytes = 800;
    public const double DaemonMemoryMegabytesCritical = 1200;
    public const double DaemonErrorsPerMinute = 5;
    public const double DaemonRestarts = 3;
    public const double RoundTripMilliseconds = 300;
    public const double Reconnects = 5;
    public const double RateLimitPercent = 90;
    public const double GapSecondsBeyondInterval = 300;
    public const double SilentIntervals = 3;
    public const double PipelineMilliseconds = 500;
    public const double DrawdownPercent = 5;
    public const double DrawdownPercentCritical = 10;
    public const double FillPercent = 50;

    /// <summary>Orders within the hour below which a fill rate says nothing.</summary>
    public const int FillOrders = 10;

    public const double DiskPercent = 85;
    public const double DiskPercentCritical = 95;
    public const double SpoolHours = 12;
    public const double SpoolHoursCritical = 4;
    public const double WriteToVisibleSeconds = 5;
}
