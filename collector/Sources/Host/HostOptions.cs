namespace Collector.Sources.Host;

/// <summary>The machine that the collector runs on.</summary>
internal sealed record HostOptions : SourceOptions
{
    /// <summary>Where the kernel's process file system is mounted. Default <c>/proc</c>; in a container <c>/host/proc</c>, say.</summary>
    public string Proc { get; init; } = "/proc";

    /// <summary>Mount points that are left out of the search for the fullest file system. Default: none.</summary>
    public IReadOnlyList<string> IgnoreMounts { get; init; } = [];
}
