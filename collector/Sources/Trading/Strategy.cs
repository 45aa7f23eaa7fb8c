using System.Globalization;
using Collector.Lines;

namespace Collector.Sources.Trading;

/// <summary>One strategy at one symbol and venue, for as long as it is watched.</summary>
internal sealed class Strategy(SeriesKeys series, ISourceState state)
{
    private readonly string _peakKey = $"peak {series.MemoryKey}";
    private double? _peak;

    public SeriesKeys Series { get; } = series;

    /// <summary>The clock's timestamp of its last reading.</summary>
    public long SeenAt { get; set; }

    /// <summary>Since when it is stale; null while it is live.</summary>
    public DateTimeOffset? StaleSince { get; set; }

    /// <summary>The clock's timestamp of the last row that told so.</summary>
    public long? ToldAt { get; set; }

    /// <summary>
    /// The fall of equity from its highest so far, 0 to 100 percent. Null where equity is not above 0, of which no share of
    /// anything can be told. The peak outlasts the collector.
    /// </summary>
    public double? DrawdownPercent(double equity)
    {
        if (!(equity > 0))
        {
            return null;
        }

        double? peak = _peak ??= double.TryParse(state.Get(_peakKey), CultureInfo.InvariantCulture, out double kept) ? kept : null;
        if (!(equity <= peak))
        {
            state.Set(_peakKey, equity.ToString("R", CultureInfo.InvariantCulture));
            _peak = equity;
            return 0;
        }

        return 100 * ((peak.Value - equity) / peak.Value);
    }

    public void ForgetPeak()
    {
        state.Forget(_peakKey);
        _peak = null;
    }
}
