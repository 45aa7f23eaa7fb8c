namespace Collector.Dashboards;

/// <summary>
/// States as numbers, because series have no texts: 3 is well, 0 is down, and the worst of a bucket is its least. Each comes
/// with the texts and colours in which it is shown.
/// </summary>
internal static class States
{
    public const string OfDaemon = "CASE state WHEN 'running' THEN 3 WHEN 'unknown' THEN 2 WHEN 'stopped' THEN 1 ELSE 0 END";
    public const string OfExchange = "CASE state WHEN 'connected' THEN 3 WHEN 'connecting' THEN 2 WHEN 'mute' THEN 1 ELSE 0 END";
    public const string OfStrategy = "CASE state WHEN 'live' THEN 3 ELSE 1 END";
    public const string OfPipeline = "CASE WHEN gap_detected THEN 1 ELSE 3 END";
    public const string OfSource = "CASE WHEN up THEN 3 ELSE 0 END";
    public const string OfCollector = "CASE WHEN ready THEN 3 ELSE 0 END";
    public const string OfDatabase = "CASE database WHEN 'ok' THEN 3 WHEN 'read_only' THEN 2 WHEN 'suspended' THEN 1 ELSE 0 END";

    private const string Good = "green";
    private const string Doubtful = "yellow";
    private const string Bad = "orange";
    private const string Worst = "red";

    public static readonly Mapping[] Any = [new("3", "Well", Good), new("2", "Uncertain", Doubtful), new("1", "Degraded", Bad), new("0", "Down", Worst)];
    public static readonly Mapping[] Daemon = [new("3", "Running", Good), new("2", "Unknown", Doubtful), new("1", "Stopped", Bad), new("0", "Unreachable", Worst)];

    public static readonly Mapping[] Exchange =
        [new("3", "Connected", Good), new("2", "Connecting", Doubtful), new("1", "Mute", Bad), new("0", "Disconnected", Worst)];

    public static readonly Mapping[] Strategy = [new("3", "Live", Good), new("1", "Stale", Bad)];
    public static readonly Mapping[] Pipeline = [new("3", "Whole", Good), new("1", "Gap", Bad)];
    public static readonly Mapping[] Source = [new("3", "Up", Good), new("0", "Down", Worst)];
    public static readonly Mapping[] Ready = [new("3", "Ready", Good), new("0", "Not ready", Worst)];

    public static readonly Mapping[] Database =
        [new("3", "OK", Good), new("2", "Read-only", Doubtful), new("1", "Suspended", Bad), new("0", "Unreachable", Worst)];

    /// <summary>States that stand in their tables as texts.</summary>
    public static readonly Mapping[] Texts =
    [
        new("running", "Running", Good), new("unknown", "Unknown", Doubtful), new("stopped", "Stopped", Bad), new("unreachable", "Unreachable", Worst),
        new("connected", "Connected", Good), new("connecting", "Connecting", Doubtful), new("mute", "Mute", Bad),
        new("disconnected", "Disconnected", Worst), new("live", "Live", Good), new("stale", "Stale", Bad),
        new("closed", "Closed", Good), new("open", "Open", Bad), new("retired", "Given up", "text"),
    ];
}
