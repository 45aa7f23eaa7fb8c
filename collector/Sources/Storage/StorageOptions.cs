using System.ComponentModel.DataAnnotations;
using Collector.Settings;
using Collector.Sources.Gaps;

namespace Collector.Sources.Storage;

/// <summary>A folder of data files, such as a Parquet catalog.</summary>
internal sealed record StorageOptions : SourceOptions, IChecked
{
    /// <summary>A walk takes time, and files come slowly.</summary>
    public StorageOptions() => (Interval, Timeout) = (TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(30));

    /// <summary>The catalog's folder; a relative path counts from the configuration file's folder.</summary>
    public required string Path { get; init; }

    /// <summary>The key <c>dataset</c> of its rows, at most 255 characters. Default: the source's name.</summary>
    [StringLength(255)]
    public string? Dataset { get; init; }

    /// <summary>
    /// Where a file of a series stands below the folder: names with {data_type}, {symbol}, {venue}, {date} in them, each once at most, and {any}.
    /// Files that do not fit are left out. At most 16 levels. Default <c>{data_type}/{symbol}.{venue}/{date}.parquet</c>.
    /// </summary>
    public string Pattern { get; init; } = "{data_type}/{symbol}.{venue}/{date}.parquet";

    /// <summary>Files and folders of a walk; with more it is a fault, and tells no numbers. Default 100000, from 1 to 10000000.</summary>
    [Range(1, 10_000_000)]
    public int MaxFiles { get; init; } = 100_000;

    /// <summary>How long which data may be silent.</summary>
    public GapOptions Gaps { get; init; } = new();

    public override SourceOptions Resolved(Func<string, string> resolve) => string.IsNullOrEmpty(Path) ? this : this with { Path = resolve(Path) };

    public IEnumerable<(string Key, string Problem)> Check()
    {
        if (CatalogPattern.ProblemOf(Pattern) is { } problem)
        {
            yield return ("pattern", problem);
        }

        foreach ((string Key, string Problem) gap in Gaps.Problems("gaps"))
        {
            yield return gap;
        }
    }
}
