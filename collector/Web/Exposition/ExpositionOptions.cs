using System.ComponentModel.DataAnnotations;
using Collector.Settings;

namespace Collector.Web.Exposition;

/// <summary>What <c>/metrics</c> shows, for how long, and how much of it.</summary>
public sealed record ExpositionOptions
{
    /// <summary>
    /// Series (distinct key values) that one table may show. Default 10,000; beyond it a new series is not shown, and its
    /// rows are counted in <c>collector_exposition_series_dropped_total</c>. Storing rows is not affected.
    /// </summary>
    [Range(1, 10_000_000)]
    public int SeriesPerTable { get; init; } = 10_000;

    /// <summary>
    /// Tag sets that one of the collector's own instruments may have. Default 10,000; beyond it measurements of a new one
    /// are counted in <c>collector_exposition_measurements_dropped_total</c>.
    /// </summary>
    [Range(1, 10_000_000)]
    public int TagSetsPerInstrument { get; init; } = 10_000;

    /// <summary>Intervals after which a series without a new reading is not shown any more. Default 3, at least 1.</summary>
    [Range(1, 1000)]
    public double StaleFactor { get; init; } = 3;

    /// <summary>The interval of rows whose writer does not tell its own, such as a gateway's client. Default 1 min.</summary>
    [Between("100ms", "1d")]
    public TimeSpan DefaultInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a stale series keeps its slot, so that it returns at no cost. Default 5 min.</summary>
    [Between("0ms", "7d")]
    public TimeSpan LeaveAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of one response before compression. Default 16 MiB; a larger page is answered by 500 and counted.</summary>
    [Range(1024, 1 << 30)]
    public int ResponseBytes { get; init; } = 16 * 1024 * 1024;
}
