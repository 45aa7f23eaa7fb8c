namespace Collector.Lines.Tables;

/// <summary>
/// The units a column comment may name, and what Prometheus' base units make of them
/// (https://prometheus.io/docs/practices/naming/#base-units).
/// </summary>
internal sealed record Unit(string Name, double Scale, string MetricSuffix)
{
    public static readonly IReadOnlyList<Unit> All =
    [
        new("s", 1, "_seconds"),
        new("ms", 0.001, "_seconds"),
        new("bytes", 1, "_bytes"),
        new("percent", 0.01, "_ratio"),
        new("ratio", 1, "_ratio"),
        new("quote", 1, ""),        // money, in the quote currency of the instrument
        new("contracts", 1, ""),    // position size, in the instrument's own unit
    ];

    public static Unit? Find(string name) => All.FirstOrDefault(unit => unit.Name == name);
}
