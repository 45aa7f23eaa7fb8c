namespace Collector.Lines.Tables;

public enum MetricKind
{
    Gauge,
    Counter,
}

/// <summary>How a column appears at <c>/metrics</c>.</summary>
/// <param name="Kind">Gauge or counter.</param>
/// <param name="Name">The metric's name, in base units; a counter's ends in <c>_total</c>.</param>
/// <param name="Scale">What a stored value is multiplied by to reach the base unit: 0.001 for milliseconds, 0.000001 for a TIMESTAMP.</param>
public sealed record Metric(MetricKind Kind, string Name, double Scale);
