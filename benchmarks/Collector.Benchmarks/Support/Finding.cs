namespace Collector.Benchmarks.Support;

/// <summary>One line of the summary: a figure of ours beside what it is held against.</summary>
/// <param name="Baseline">Measured in the same run.</param>
/// <param name="IsMet">Null where there is no target.</param>
/// <param name="Peers">Figures of others with their source; measured elsewhere.</param>
internal sealed record Finding(string Measure, string Ours, string Baseline = "", string Target = "", bool? IsMet = null, string Peers = "")
{
    public string Row(string part) => $"| {part} | {Measure} | {Ours} | {Baseline} | {Target} | {IsMet switch { true => "yes", false => "**no**", _ => "" }} | {Peers} |";
}
