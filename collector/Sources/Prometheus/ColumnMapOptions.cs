using Collector.Settings;

namespace Collector.Sources.Prometheus;

/// <summary>A column that a metric fills.</summary>
internal sealed record ColumnMapOptions : IChecked
{
    /// <summary>
    /// The column: DOUBLE; LONG, to the nearest whole number; BOOLEAN, true unless 0; or TIMESTAMP, from seconds since 1970.
    /// The increase of a counter comes by itself.
    /// </summary>
    public required string Column { get; init; }

    /// <summary>The metric's whole name, as it stands on the page: <c>requests_total</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Regular expressions by label: only samples that match each of them fill the column. Default: all of the metric.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the sample is multiplied by: 1000 makes milliseconds of seconds. Default 1; not 0.</summary>
    public double Scale { get; init; } = 1;

    public IEnumerable<(string Key, string Problem)> Check()
    {
        if (Scale == 0)
        {
            yield return ("scale", "is 0, which would make every sample 0");
        }

        foreach ((string label, string pattern) in Labels)
        {
            if (Pattern.Problem(pattern) is { } problem)
            {
                yield return ($"labels.{label}", problem);
            }
        }
    }
}
