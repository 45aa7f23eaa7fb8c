namespace Collector.Sources;

/// <summary>A source with its place in the schedule.</summary>
internal sealed record ScheduledSource(string Name, ISource Source, TimeSpan Interval, TimeSpan Timeout, ISourceState State);
