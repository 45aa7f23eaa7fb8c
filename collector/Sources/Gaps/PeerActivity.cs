using System.Runtime.InteropServices;

namespace Collector.Sources.Gaps;

/// <summary>The latest records of each data type and symbol, exchange by exchange: whether a market moves where one is silent.</summary>
internal sealed class PeerActivity
{
    private readonly Dictionary<(string DataType, string Symbol), Latest> _latest = [];

    public PeerActivity(IEnumerable<WatchedSeries> all)
    {
        foreach (WatchedSeries one in all.Where(one => one is { Interval: null, HasRecord: true }))
        {
            ref Latest latest = ref CollectionsMarshal.GetValueRefOrAddDefault(_latest, (one.Name.DataType, one.Name.Symbol), out _);
            latest = latest.With(one);
        }
    }

    /// <summary>The last record of a peer: the same data type and symbol at another exchange. Null where there is none.</summary>
    public Moment? LastOfOthers(DataSeries name)
    {
        Latest latest = _latest.GetValueOrDefault((name.DataType, name.Symbol));
        return (latest.First?.Name == name ? latest.Second : latest.First)?.Last;
    }

    /// <summary>The two of a group with the newest records: for each series one of them is another's.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Latest(WatchedSeries? First, WatchedSeries? Second)
    {
        public Latest With(WatchedSeries one) =>
            First is null || one.Last.Steady > First.Last.Steady ? new(one, First)
            : Second is null || one.Last.Steady > Second.Last.Steady ? this with { Second = one }
            : this;
    }
}
