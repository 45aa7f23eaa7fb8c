using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Grafana;

/// <summary>What Grafana 13.2 has: a name that is not here is shown as an error, or as nothing.</summary>
internal static class GrafanaNames
{
    /// <summary>Panels that come with Grafana.</summary>
    public static readonly IReadOnlySet<string> PanelTypes = new HashSet<string>(StringComparer.Ordinal)
    {
        "alertlist", "annolist", "barchart", "bargauge", "candlestick", "canvas", "dashlist", "datagrid", "flamegraph", "gauge", "geomap", "heatmap",
        "histogram", "logs", "news", "nodeGraph", "piechart", "row", "stat", "state-timeline", "status-history", "table", "text", "timeseries", "traces",
        "trend", "xychart",
    };

    /// <summary>Panels without numbers.</summary>
    public static readonly IReadOnlySet<string> WithoutNumbers = new HashSet<string>(StringComparer.Ordinal) { "row", "text", "alertlist", "annolist", "dashlist", "news" };

    /// <summary>How many values become one.</summary>
    public static readonly IReadOnlySet<string> Calculations = new HashSet<string>(StringComparer.Ordinal)
    {
        "lastNotNull", "last", "firstNotNull", "first", "min", "max", "mean", "median", "variance", "stdDev", "sum", "count", "range", "delta", "step", "diff",
        "logmin", "allIsZero", "allIsNull", "changeCount", "distinctCount", "diffperc", "allValues", "uniqueValues",
    };

    /// <summary>The ids of Grafana's units, from the package @grafana/data.</summary>
    private static readonly Lazy<HashSet<string>> Units = new(() => File
        .ReadLines(RepositoryRoot.Combine("tests", "Collector.IntegrationTests", "Grafana", "units.txt"))
        .Where(line => line.Length > 0 && line[0] != '#').ToHashSet(StringComparer.Ordinal));

    /// <summary>Beside those of the list there are units that say what stands before or behind the number.</summary>
    public static bool IsUnit(string id) => Units.Value.Contains(id)
        || new[] { "suffix:", "prefix:", "time:", "si:", "count:", "currency:", "bool:" }.Any(kind => id.StartsWith(kind, StringComparison.Ordinal) && id.Length > kind.Length);
}
