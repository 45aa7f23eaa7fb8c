using System.Security.Cryptography;
using System.Text;

namespace Collector.Sources.Gaps;

/// <summary>One series of the ledger, and its gap while it has one.</summary>
internal sealed class WatchedSeries(DataSeries name, GapOptions options, Moment last, Moment? seenAt = null)
{
    public DataSeries Name { get; } = name;

    /// <summary>How often a record is expected; null where they come with events.</summary>
    public TimeSpan? Interval { get; } = options.IntervalOf(name.DataType);

    /// <summary>The last record; or the beginning of the watch, before there is one. While a gap is open, its beginning.</summary>
    public Moment Last { get; set; } = last;

    /// <summary>Whether <see cref="Last"/> is a record's.</summary>
    public bool HasRecord { get; set; }

    /// <summary>For types that come with events: how much of the silence a peer was active in.</summary>
    public TimeSpan SilentBesidePeers { get; set; }

    /// <summary>The last look that saw the series.</summary>
    public Moment? SeenAt { get; private set; } = seenAt;

    /// <summary>How much of the silence nobody has looked at, since the collector stood still.</summary>
    public TimeSpan Unlooked { get; set; }

    /// <summary>Whether this look has seen the series.</summary>
    public bool IsThere { get; set; }

    /// <summary>When the open gap was found; null while there is none.</summary>
    public Moment? FoundAt { get; private set; }

    /// <summary>Rows of the open gap by the minute: the last minute told, −1 before the first row.</summary>
    public long ToldMinute { get; private set; } = -1;

    /// <summary>The time of the gap's last row; the earliest of all times before there is one.</summary>
    public DateTimeOffset ToldAt { get; private set; }

    public bool IsOpen => FoundAt is not null;

    /// <summary>What the gap's rows call expected.</summary>
    public TimeSpan Expected => Interval ?? options.EventInterval;

    public void EndLook(Moment now) => (SeenAt, IsThere) = (IsThere ? now : SeenAt, false);

    public void Open(Moment now) => (FoundAt, ToldMinute, ToldAt) = (now, -1, default);

    public void Close() => (FoundAt, SilentBesidePeers) = (null, TimeSpan.Zero);

    /// <summary>Whether the open gap is due for a row: its first, and one a minute. Never one dated before the last: the latest row is the state.</summary>
    public bool IsDue(Moment now) => FoundAt is not null && now.Wall > ToldAt && Minute(now) > ToldMinute;

    public void Told(Moment now) => (ToldMinute, ToldAt) = (Minute(now), now.Wall);

    public GapReport Report(string source, string state, Moment until, DateTimeOffset? closedAt, long? missing) => new(
        Id(source), Name, state, Last.Wall, closedAt, until - Last, Expected, missing);

    /// <summary>Who sees the gap, and a name that follows from the series and the gap's beginning: the same after a restart.</summary>
    private string Id(string source)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Name.MemoryKey} {Last.Wall.UtcTicks}"));
        return $"{source}-{Convert.ToHexStringLower(hash.AsSpan(0, 8))}";
    }

    private long Minute(Moment now) => (long)(now - FoundAt!.Value).TotalMinutes;
}
