using System.ComponentModel.DataAnnotations;
using Collector.Settings;

namespace Collector.Pipe.State;

/// <summary>For how long the collector knows where counters stood, which it works out their increases from.</summary>
public sealed record CounterOptions
{
    /// <summary>
    /// Time after the last row of a series for which it is known where its counters stood. Default 7 d, from 1 h to 3650 d. A
    /// series that comes back later begins without an increase, like a new one.
    /// </summary>
    [Between("1h", "3650d")]
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Numbers kept for that, over all tables: one for each counter of each series, and for pushed rows one more for each
    /// and one for the series' time. Default 500,000 (some 100 MiB), from 1,000 to 100,000,000; beyond it those not seen for
    /// longest go.
    /// </summary>
    [Range(1_000, 100_000_000)]
    public int MaxBaselines { get; init; } = 500_000;
}
