using System.Globalization;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>The page of <c>/metrics</c>, as far as tests ask for it.</summary>
internal sealed class MetricsText(string text)
{
    public string Text => text;

    /// <summary>The sum of a metric's samples whose labels contain all of the texts; null when there is none.</summary>
    public double? Find(string name, params string[] labels)
    {
        double[] values =
        [
            .. text.Split('\n')
                .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
                .Where(line => Array.TrueForAll(labels, label => line.Contains(label, StringComparison.Ordinal)))
                .Select(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)),
        ];
        return values.Length == 0 ? null : values.Sum();
    }

    /// <summary>The metric of the one daemon's table or source, without the collector's own rows; no sample counts as 0.</summary>
    public long OfDaemon(string name) => Count(name, name.StartsWith("source_", StringComparison.Ordinal) ? "source=\"daemon/" : "table=\"daemon_metrics\"");

    /// <summary>As <see cref="Find"/>; no sample counts as 0.</summary>
    public long Count(string name, params string[] labels) => (long)(Find(name, labels) ?? 0);
}
