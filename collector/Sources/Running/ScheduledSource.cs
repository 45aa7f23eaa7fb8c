using Collector.Lines;

namespace Collector.Sources.Running;

/// <summary>A source with its place in the schedule.</summary>
/// <param name="Remake">Makes the source anew after a fault of its own; null where that is not possible.</param>
public sealed record ScheduledSource(
    string Name, ISource Source, TimeSpan Interval, TimeSpan Timeout, ISourceState State, Func<ISource>? Remake = null);
