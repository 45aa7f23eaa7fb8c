using System.Globalization;
using System.Runtime.InteropServices;
using Collector.Lines;
using Collector.Sources.Gaps;

namespace Collector.Sources.Pipeline;

/// <summary>Where a series' counters stood, and when its last record came.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SeriesTotals(long? Count, long? Bytes, long? LastAtMicros)
{
    /// <summary>These, and what they leave out from before.</summary>
    public SeriesTotals Over(SeriesTotals before) => new(Count ?? before.Count, Bytes ?? before.Bytes, LastAtMicros ?? before.LastAtMicros);

    /// <summary>The increase from one total to the next. A smaller one began anew at 0; where one is missing nobody knows.</summary>
    public static long? Increase(long? before, long? now) => now < before ? now : now - before;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count} {Bytes} {LastAtMicros}");

    public static SeriesTotals? Parse(string? text) => text?.Split(' ') is [var count, var bytes, var lastAt]
        ? new SeriesTotals(Number(count), Number(bytes), Number(lastAt))
        : null;

    private static long? Number(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null;
}

/// <summary>
/// The totals of all series: as they were last seen, which tells whether something came; and as they stood in the last rows that
/// were kept, from which the next rows count, over a restart of the collector too.
/// </summary>
internal sealed class PipelineTotals(ISourceState state)
{
    private const string Prefix = "totals ";

    private readonly Dictionary<DataSeries, SeriesTotals> _seen = [];
    private readonly Dictionary<DataSeries, SeriesTotals> _kept = [];

    /// <summary>Takes in a page's totals.</summary>
    /// <returns>What came since the last page, and the increase since the last row that was kept; null at the first one.</returns>
    public (Sighting Sighting, long? Records, long? Bytes) See(PipelineNumbers numbers)
    {
        SeriesTotals now = new(numbers.Count, numbers.Bytes, numbers.LastAt is { } at ? TimeWindow.Micros(at) : null);
        SeriesTotals kept = Kept(numbers.Series);
        SeriesTotals before = _seen.GetValueOrDefault(numbers.Series, kept);
        _seen[numbers.Series] = now.Over(before);
        return (
            new Sighting(Came(before, now), numbers.LastAt),
            SeriesTotals.Increase(kept.Count, now.Count),
            SeriesTotals.Increase(kept.Bytes, now.Bytes));
    }

    /// <summary>The rows are kept: from now on the series count from what was last seen.</summary>
    public void Keep(Func<DataSeries, bool> isWatched)
    {
        foreach ((DataSeries series, SeriesTotals seen) in _seen)
        {
            if (isWatched(series) && _kept.GetValueOrDefault(series) != seen)
            {
                _kept[series] = seen;
                state.Set(Prefix + series.MemoryKey, seen.ToString());
            }
        }
    }

    public void Forget(DataSeries series)
    {
        _seen.Remove(series);
        _kept.Remove(series);
        state.Forget(Prefix + series.MemoryKey);
    }

    private SeriesTotals Kept(DataSeries series)
    {
        if (!_kept.TryGetValue(series, out SeriesTotals kept) && SeriesTotals.Parse(state.Get(Prefix + series.MemoryKey)) is { } remembered)
        {
            _kept[series] = kept = remembered;
        }

        return kept;
    }

    /// <summary>Records that came: counted, where there is a count; else that some came, and nobody knows how many.</summary>
    private static long? Came(SeriesTotals before, SeriesTotals now)
    {
        long? counted = SeriesTotals.Increase(before.Count, now.Count);
        if (counted > 0)
        {
            return counted;
        }

        bool came = SeriesTotals.Increase(before.Bytes, now.Bytes) > 0 || now.LastAtMicros > before.LastAtMicros;
        return came ? null : 0;
    }
}
