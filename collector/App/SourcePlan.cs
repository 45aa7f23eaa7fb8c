using Collector.Sources.Running;

namespace Collector.App;

/// <summary>What is to run: the sources of the configuration, and those that the collector brings along.</summary>
/// <param name="own">Those, for given options.</param>
internal sealed class SourcePlan(Func<CollectorOptions, PlannedSource> own)
{
    public IReadOnlyList<PlannedSource> Of(CollectorOptions options, IReadOnlyList<ConfiguredSource> sources)
    {
        return
        [
            .. sources.Select(source => new PlannedSource(
                source.Name, source.Options with { Host = source.Options.Host ?? options.HostName, Env = source.Options.Env ?? options.Env }, source.Kind.Create)),
            own(options),
        ];
    }
}
