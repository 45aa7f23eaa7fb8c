namespace Collector.Web.Exposition;

/// <summary>The text formats a page is written in. Samples are alike in both; the lines between them are not.</summary>
public enum TextFormat
{
    /// <summary>Prometheus text 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).</summary>
    Prometheus,

    /// <summary>OpenMetrics 1.0.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/).</summary>
    OpenMetrics,
}

internal static class TextFormatExtensions
{
    public static string ContentType(this TextFormat format) => format == TextFormat.OpenMetrics
        ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
        : "text/plain; version=0.0.4; charset=utf-8";
}
