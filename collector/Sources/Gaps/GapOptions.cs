using System.ComponentModel.DataAnnotations;
using Collector.Settings;

namespace Collector.Sources.Gaps;

/// <summary>How long which data may be silent.</summary>
internal sealed record GapOptions
{
    /// <summary>A gap is a silence of more than so many expected intervals.</summary>
    private const double Patience = 1.5;

    private static readonly Dictionary<string, TimeSpan> Usual = new(StringComparer.Ordinal)
    {
        ["oi"] = TimeSpan.FromMinutes(5),
        ["funding"] = TimeSpan.FromHours(1),
    };

    /// <summary>
    /// How often a record of a data type is expected, from 1 s to 30 days, for at most 100 types: <c>{oi: 5m, trades: 10s}</c>. Default: oi
    /// 5 min and funding 1 h, unless they are named here. Types without an interval come with events of the market, and are
    /// judged by their peers: the other exchanges' series of the same type and symbol.
    /// </summary>
    [MaxLength(100)]
    [Between("1s", "30d")]
    public IReadOnlyDictionary<string, TimeSpan> Expected { get; init; } = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);

    /// <summary>
    /// For types that come with events: a peer is active for so long after a record, and a series has a gap once it has been silent
    /// for 1.5 times as long while a peer was active. From 1 s to 1 day. Default 10 min.
    /// </summary>
    [Between("1s", "1d")]
    public TimeSpan EventInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Silence after which a series is given up until its next record: its gap gets a last row, <c>retired</c>. From 1 min to 365 days, and longer
    /// than 1.5 times each interval. Default 7 days.
    /// </summary>
    [Between("1m", "365d")]
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often a record of the type is expected; null where it comes with events.</summary>
    public TimeSpan? IntervalOf(string dataType) =>
        Expected.TryGetValue(dataType, out TimeSpan interval) || Usual.TryGetValue(dataType, out interval) ? interval : null;

    /// <summary>The silence beyond which there is a gap.</summary>
    public static TimeSpan Threshold(TimeSpan interval) => interval * Patience;

    /// <param name="path">The option that holds these.</param>
    public IEnumerable<(string Key, string Problem)> Problems(string path) =>
        Expected.Concat(Usual.Where(usual => !Expected.ContainsKey(usual.Key))).Append(new("", EventInterval))
            .Where(interval => Threshold(interval.Value) >= GiveUpAfter)
            .Select(interval => ($"{path}.give_up_after", $"is not longer than 1.5 × {Durations.Write(interval.Value)}, {(interval.Key.Length == 0 ? "the event_interval" : $"the interval of {interval.Key}")}: no gap would ever be told"));
}
