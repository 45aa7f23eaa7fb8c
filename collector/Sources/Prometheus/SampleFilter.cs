using System.Text.RegularExpressions;

namespace Collector.Sources.Prometheus;

/// <summary>Which series are taken. Asked once for each series, not for each sample.</summary>
internal sealed class SampleFilter(PrometheusOptions options)
{
    private readonly Regex[] _keep = [.. options.Keep.Select(Pattern.Of)];
    private readonly Regex[] _drop = [.. options.Drop.Select(Pattern.Of)];
    private readonly LabelMatch _keepLabels = new(options.KeepLabels);
    private readonly LabelMatch _dropLabels = new(options.DropLabels);

    public bool Takes(SeriesText series) =>
        (_keep.Length == 0 || Array.Exists(_keep, pattern => pattern.IsMatch(series.Name)))
        && !Array.Exists(_drop, pattern => pattern.IsMatch(series.Name))
        && _keepLabels.All(series)
        && !_dropLabels.Any(series);
}

/// <summary>Regular expressions by label.</summary>
internal sealed class LabelMatch(IReadOnlyDictionary<string, string> patterns)
{
    private readonly (string Label, Regex Pattern)[] _patterns = [.. patterns.Select(label => (label.Key, Pattern.Of(label.Value)))];

    public bool All(SeriesText series) => Array.TrueForAll(_patterns, label => label.Pattern.IsMatch(series[label.Label]));

    public bool Any(SeriesText series) => Array.Exists(_patterns, label => label.Pattern.IsMatch(series[label.Label]));
}
