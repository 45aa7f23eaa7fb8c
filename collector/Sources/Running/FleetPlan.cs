using Collector.Settings;

namespace Collector.Sources.Running;

/// <summary>One source as it is to run.</summary>
/// <param name="Options">All that it is told, its host and environment with their defaults put in.</param>
public sealed record PlannedSource(string Name, SourceOptions Options, Func<SourceOptions, SourceContext, ISource> Create)
{
    /// <summary>Whether it would run in the same way: then it is left running.</summary>
    public bool IsSame(PlannedSource other) => Name == other.Name && !OptionsDifference.Between(Options, other.Options).Any();
}

/// <summary>What has to be done for other sources to run.</summary>
/// <param name="Stopped">Names of those that run and are not wanted any more, or otherwise.</param>
/// <param name="Started">Those that are wanted and do not run, or not as wanted.</param>
public sealed record FleetChange(IReadOnlyList<string> Stopped, IReadOnlyList<PlannedSource> Started)
{
    public static FleetChange Between(IReadOnlyList<PlannedSource> running, IReadOnlyList<PlannedSource> wanted) => new(
        [.. running.Where(source => !wanted.Any(source.IsSame)).Select(source => source.Name)],
        [.. wanted.Where(source => !running.Any(source.IsSame))]);

    public override string ToString() => $"stops {Names(Stopped)}, starts {Names(Started.Select(source => source.Name))}";

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } list ? list : "none";
}
