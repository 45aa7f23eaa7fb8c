using System.Text.Json.Serialization;

namespace Collector.Pipe.Delivery;

/// <summary>How the spool moves.</summary>
public enum SpoolTrend
{
    /// <summary>Not looked at for long enough.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,

    /// <summary>What waits does not grow, or so slowly that the spool lasts for more than 30 days.</summary>
    [JsonStringEnumMemberName("steady")]
    Steady,

    /// <summary>What waits grows.</summary>
    [JsonStringEnumMemberName("filling")]
    Filling,
}

/// <summary>
/// Works out from looks at the spool when it will be full. What waits goes up and down with every batch; it grows where its
/// lowest of the younger half of the looks is above that of the older half. Thread-safe.
/// </summary>
public sealed class SpoolForecast(TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(20);

    /// <summary>What would take longer is the to and fro of a spool that is emptied all the time.</summary>
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(30);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<(long At, long Bytes)> _looks = [];

    /// <param name="pending">Bytes that wait now.</param>
    /// <param name="left">Bytes that can still be appended.</param>
    public (SpoolTrend Trend, TimeSpan? UntilFull) Look(long pending, long left)
    {
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            if (_looks.Count == 0 || clock.GetElapsedTime(_looks[^1].At, now) >= Step)
            {
                _looks.Add((now, pending));
            }

            if (_looks.Count > 1 && clock.GetElapsedTime(_looks[^2].At, now) > Longest)
            {
                _looks.RemoveRange(0, _looks.Count - 1); // nobody looked for a while
            }

            _looks.RemoveAll(look => clock.GetElapsedTime(look.At, now) > Longest);
            TimeSpan span = clock.GetElapsedTime(_looks[0].At, now);
            if (span < Shortest)
            {
                return (SpoolTrend.Unknown, null);
            }

            TimeSpan half = span / 2;
            (long At, long Bytes) before = _looks.Where(look => clock.GetElapsedTime(look.At, now) >= half).MinBy(look => look.Bytes);
            (long At, long Bytes) after = _looks.Where(look => clock.GetElapsedTime(look.At, now) < half).DefaultIfEmpty((At: now, Bytes: pending)).MinBy(look => look.Bytes);
            double seconds = clock.GetElapsedTime(before.At, after.At).TotalSeconds;
            double perSecond = (after.Bytes - before.Bytes) / seconds;
            return perSecond <= 0 || left / perSecond > Furthest.TotalSeconds
                ? (SpoolTrend.Steady, null)
                : (SpoolTrend.Filling, TimeSpan.FromSeconds(left / perSecond));
        }
    }
}
