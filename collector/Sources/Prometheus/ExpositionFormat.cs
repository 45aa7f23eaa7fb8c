using System.Net.Http.Headers;

namespace Collector.Sources.Prometheus;

/// <summary>The formats that a page of metrics can have.</summary>
internal enum ExpositionFormat
{
    /// <summary>Prometheus' text format 0.0.4, and 1.0.0, which has quoted names besides.</summary>
    Text,

    /// <summary>OpenMetrics 1.0, which ends with <c># EOF</c>.</summary>
    OpenMetrics,
}

/// <summary>What is asked for, and what an answer says it is.</summary>
internal static class ExpositionFormats
{
    /// <summary>
    /// OpenMetrics first, names as they are before escaped ones, any text format rather than nothing. The weights differ so
    /// that the order holds with servers that do not go by the most specific range.
    /// </summary>
    public const string Accept =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.7,application/openmetrics-text;version=1.0.0;q=0.6,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1";

    /// <summary>The format of an answer; <paramref name="fallback"/> for a content type that is missing, or that names neither.</summary>
    /// <returns>Null where there is no telling and the configuration wants none guessed.</returns>
    public static ExpositionFormat? Of(MediaTypeHeaderValue? contentType, FallbackFormat fallback) => contentType?.MediaType switch
    {
        { } type when type.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase) => ExpositionFormat.OpenMetrics,
        { } type when type.Equals("text/plain", StringComparison.OrdinalIgnoreCase) => ExpositionFormat.Text,
        _ => fallback switch
        {
            FallbackFormat.Text => ExpositionFormat.Text,
            FallbackFormat.Openmetrics => ExpositionFormat.OpenMetrics,
            _ => null,
        },
    };
}
