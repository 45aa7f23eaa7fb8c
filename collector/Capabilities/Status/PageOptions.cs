using System.ComponentModel.DataAnnotations;
using Collector.Settings;

namespace Collector.Capabilities.Status;

/// <summary>The page at <c>/</c>: how much of the latest rows it remembers, how often it tells of them, and to how many.</summary>
public sealed record PageOptions
{
    /// <summary>Time between two events to the pages that are open, from 100 ms to 1 min. Default 1 s.</summary>
    [Between("100ms", "1m")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pages that may be open at a time. Default 16; one more is answered by 503 and counted.</summary>
    [Range(1, 1000)]
    public int Clients { get; init; } = 16;

    /// <summary>Series (distinct key values) of one table that the page shows. Default 50; rows of others are counted and not shown.</summary>
    [Range(1, 10_000)]
    public int SeriesPerTable { get; init; } = 50;

    /// <summary>Series of all tables together. Default 500; one takes about 8 bytes a number and point, 5 KiB with ten numbers. Of a table 64 columns are shown.</summary>
    [Range(1, 100_000)]
    public int Series { get; init; } = 500;

    /// <summary>Latest values of each number that are remembered, the points of its line. Default 60.</summary>
    [Range(2, 1000)]
    public int Points { get; init; } = 60;
}
