using System.Globalization;
using Collector.Lines;

namespace Collector.Sources.Gaps;

/// <summary>
/// What a ledger knows, over a restart of the collector:
/// <code>
/// looks                        2026-01-02T03:04:05.0000000+00:00 2026-01-02T03:04:05.0000000+00:00     the last that saw anything, the last
/// gap ["binance","BTC","oi"]   2026-01-02T03:04:05.0000000+00:00 record|began open|quiet               the last record, or when the watch began
/// </code>
/// </summary>
internal sealed class GapMemory(ISourceState state)
{
    private const string Looks = "looks";
    private const string Prefix = "gap ";

    /// <summary>Fills a new ledger. What cannot be read is begun anew.</summary>
    public void Restore(GapLedger ledger, Moment now)
    {
        (Moment? seenAt, Moment? judgedAt) = state.Get(Looks)?.Split(' ') is [var seen, var judged] ? (Time(seen, now), Time(judged, now)) : (null, null);
        foreach (string key in state.Keys(Prefix))
        {
            if (DataSeries.OfMemoryKey(key.AsSpan(Prefix.Length)) is { } series && state.Get(key)?.Split(' ') is [var last, var kind, var gap] && Time(last, now) is { } at)
            {
                ledger.Restore(series, at, kind == "record", gap == "open", seenAt, judgedAt ?? at, now);
            }
            else
            {
                state.Forget(key);
            }
        }
    }

    /// <returns>The series that are forgotten.</returns>
    public IReadOnlyList<DataSeries> Keep(GapLedger ledger, Moment now)
    {
        var forgotten = new List<DataSeries>();
        foreach (DataSeries name in ledger.TakeChanged())
        {
            if (ledger.Find(name) is { } series)
            {
                state.Set(Prefix + name.MemoryKey, $"{Text(series.Last)} {(series.HasRecord ? "record" : "began")} {(series.IsOpen ? "open" : "quiet")}");
            }
            else
            {
                state.Forget(Prefix + name.MemoryKey);
                forgotten.Add(name);
            }
        }

        state.Set(Looks, $"{(ledger.SeenAt is { } seen ? Text(seen) : "-")} {Text(now)}");
        return forgotten;
    }

    private static string Text(Moment moment) => moment.Wall.ToString("O", CultureInfo.InvariantCulture);

    private static Moment? Time(string text, Moment now) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset time) ? now.Told(time) : null;
}
