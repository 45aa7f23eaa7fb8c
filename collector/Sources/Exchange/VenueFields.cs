using System.ComponentModel.DataAnnotations;
using Collector.Settings;

namespace Collector.Sources.Exchange;

/// <summary>
/// How a venue speaks: what a preset says, and what the configuration can say otherwise, field by field. Texts sent to the
/// venue may hold <c>{channel}</c>, <c>{symbol}</c>, <c>{topics}</c> and, in a ping, <c>{id}</c>; whatever takes such a
/// place is written as the inside of a JSON string. A field of a message is named by a JSON pointer (RFC 6901).
/// </summary>
internal abstract record VenueFields : SourceOptions
{
    /// <summary>Liquidations come with the market's moves: hours without one are no fault of the venue.</summary>
    internal static readonly IReadOnlyDictionary<string, TimeSpan> UsualSilence = new Dictionary<string, TimeSpan>(StringComparer.Ordinal) { ["liquidations"] = TimeSpan.Zero };

    /// <summary>Where the venue listens: a ws or wss address. Default: the preset's.</summary>
    [Schemes("ws", "wss")]
    public Uri? Url { get; init; }

    /// <summary>
    /// The messages that subscribe to a channel, sent one after the other. One with <c>{symbol}</c> is sent for each
    /// symbol; <c>{topics}</c> stands for all topics, with commas between. Default: the preset's, else none is sent.
    /// </summary>
    [MaxLength(8)]
    public IReadOnlyList<string>? Subscribe { get; init; }

    /// <summary>One of the <c>{topics}</c>, made for each symbol. Default: the preset's, else <c>"{symbol}"</c>.</summary>
    public string? Topic { get; init; }

    /// <summary>Topics in one message at the most, from 1 to 1000; more of them take several messages. Default: the preset's, else 100.</summary>
    [Range(1, 1000)]
    public int? TopicsPerMessage { get; init; }

    /// <summary>Whether symbols are sent in lower case. Default: the preset's, else no.</summary>
    public bool? LowerCaseSymbols { get; init; }

    /// <summary>What the venue calls a channel: <c>trades: publicTrade</c>. A channel that is not named here is sent as it is. Default: the preset's.</summary>
    public IReadOnlyDictionary<string, string>? Aliases { get; init; }

    /// <summary>
    /// Where a message holds the time of its event, by channel. Only messages that hold it count as the channel's data; of
    /// a channel without, every message does that is no answer to a ping. Default: the preset's.
    /// </summary>
    public IReadOnlyDictionary<string, string>? EventTime { get; init; }

    /// <summary>How event times are written: ms, us, ns or s since 1970, as a number or a text, or iso8601. Default: the preset's, else ms.</summary>
    public TimeUnit? TimeUnit { get; init; }

    /// <summary>
    /// Messages that say no, such as <c>/event=error</c> (a field and its value) or <c>/error</c> (a field that is there).
    /// Their text is told as the source's error. Default: the preset's, else none.
    /// </summary>
    [MaxLength(8)]
    public IReadOnlyList<string>? Refusals { get; init; }

    /// <summary>
    /// Messages that are no data, whatever else they hold: heartbeats, acknowledgements, notices such as <c>/e=serverShutdown</c>.
    /// Written as <c>refusals</c> are. Default: the preset's, else none.
    /// </summary>
    [MaxLength(16)]
    public IReadOnlyList<string>? Notices { get; init; }

    /// <summary>
    /// Silence after which a channel is mute, by channel, where <c>stale_after</c> is not given: <c>funding: 5m</c>, up to 1 day; 0s for
    /// one whose silence is no fault. Default: the preset's; of the channel liquidations 0s, of any other 30 s.
    /// </summary>
    [MaxLength(32)]
    [Between("0s", "1d")]
    public IReadOnlyDictionary<string, TimeSpan>? Silence { get; init; }

    /// <summary>How the venue is pinged. Default: the preset's, else by WebSocket ping frames, which give no round trip.</summary>
    public PingOptions? Ping { get; init; }

    /// <summary>A page that tells the venue's time, where its WebSocket does not. Default: the preset's, else none.</summary>
    public ClockOptions? Clock { get; init; }
}

/// <summary>One of the shipped presets.</summary>
internal sealed record VenuePreset : VenueFields;

/// <summary>How a time is written.</summary>
internal enum TimeUnit
{
    /// <summary>Milliseconds since 1970.</summary>
    Ms,

    /// <summary>Microseconds since 1970.</summary>
    Us,

    /// <summary>Nanoseconds since 1970.</summary>
    Ns,

    /// <summary>Seconds since 1970.</summary>
    S,

    /// <summary>ISO 8601, UTC where it names no offset.</summary>
    Iso8601,
}

/// <summary>How a venue is pinged.</summary>
internal sealed record PingOptions
{
    /// <summary>The request, with <c>{id}</c> for its number. Default: none, and the venue is pinged by WebSocket ping frames.</summary>
    public string? Message { get; init; }

    /// <summary>
    /// Its reply: the whole text, or <c>/id={id}</c>, a field and its value, or several of these with <c> | </c> between. Needed where
    /// there is a message.
    /// </summary>
    public string? Pong { get; init; }

    /// <summary>Time from one ping to the next, from 1 s to 10 min. Default 5 s.</summary>
    [Between("1s", "10m")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the reply holds the time at which it was sent. Default: nowhere.</summary>
    public string? SentTime { get; init; }

    /// <summary>Where the reply holds the time at which the request arrived. Default: as <c>sent_time</c>.</summary>
    public string? ReceivedTime { get; init; }

    /// <summary>How these times are written. Default ms.</summary>
    public TimeUnit TimeUnit { get; init; }
}

/// <summary>A page that tells a venue's time.</summary>
internal sealed record ClockOptions
{
    /// <summary>The page, answering <c>GET</c> with JSON: an http or https address.</summary>
    public required Uri Url { get; init; }

    /// <summary>Where the answer holds the time.</summary>
    public required string Time { get; init; }

    /// <summary>How it is written. Default ms.</summary>
    public TimeUnit TimeUnit { get; init; }

    /// <summary>Time from one question to the next, from 5 s to 1 h. Default 1 min.</summary>
    [Between("5s", "1h")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Header with the number of requests counted against the rate limit. Default: none.</summary>
    public string? UsedHeader { get; init; }

    /// <summary>Header with the number of requests that are left, for a venue that tells those. Default: none.</summary>
    public string? RemainingHeader { get; init; }

    /// <summary>Header with the rate limit. Default: none.</summary>
    public string? LimitHeader { get; init; }

    /// <summary>The rate limit, where no header tells it. Default: none.</summary>
    [Range(1, int.MaxValue)]
    public int? Limit { get; init; }
}
