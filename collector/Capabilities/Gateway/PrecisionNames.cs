using Collector.Lines;

namespace Collector.Capabilities.Gateway;

/// <summary>How clients spell a precision: QuestDB <c>n u s ms m h</c>, InfluxDB 2 <c>ns us ms s</c>, InfluxDB 1 <c>n u µ ms s m h</c>.</summary>
internal static class PrecisionNames
{
    public const string Known = "n, ns, u, us, ms, s, m or h";

    /// <summary>Null for a word that means none. No word at all means nanoseconds.</summary>
    public static Precision? Find(string? word) => word switch
    {
        null or "" or "n" or "ns" => Precision.Nanoseconds,
        "u" or "us" or "µ" => Precision.Microseconds,
        "ms" => Precision.Milliseconds,
        "s" => Precision.Seconds,
        "m" => Precision.Minutes,
        "h" => Precision.Hours,
        _ => null,
    };
}
