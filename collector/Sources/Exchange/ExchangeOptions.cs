using System.ComponentModel.DataAnnotations;
using Collector.Settings;

namespace Collector.Sources.Exchange;

/// <summary>An exchange to which the collector holds a WebSocket of its own for each channel.</summary>
internal sealed record ExchangeOptions : VenueFields, IChecked
{
    internal static readonly TimeSpan UsualStaleAfter = TimeSpan.FromSeconds(30);

    public ExchangeOptions() => Interval = TimeSpan.FromSeconds(5);

    /// <summary>How the venue speaks: binance, bybit, okx, hyperliquid, dydx, kraken or coinbase. Default: none, and <c>url</c> and what it needs are given here.</summary>
    public string? Preset { get; init; }

    /// <summary>The channels to subscribe to, from 1 to 16, by the preset's names (trades, ticker) or the venue's own.</summary>
    [Length(1, 16)]
    [StringLength(128)]
    public required IReadOnlyList<string> Channels { get; init; }

    /// <summary>The symbols to subscribe to in each channel, as the venue writes them, at most 500. Default: none.</summary>
    [MaxLength(500)]
    [StringLength(64)]
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>Silence after which a connected channel is mute, from 1 s to 1 day. Default: what <c>silence</c> says of the channel, else 30 s.</summary>
    [Between("1s", "1d")]
    public TimeSpan? StaleAfter { get; init; }

    /// <summary>Whether the silence of every peer excuses a channel's: the same channel of the other exchanges that are connected and open. Default true.</summary>
    public bool AskPeers { get; init; } = true;

    /// <summary>Whether the page that tells the venue's time is asked. Default true; without it, and where pings tell no time, there is no skew and no feed delay.</summary>
    public bool AskClock { get; init; } = true;

    /// <summary>
    /// When the venue is open, outside of which silence is no fault: <c>Mon-Fri 09:30-16:00</c>, <c>Sun-Thu 17:00-16:00</c>
    /// for sessions that end on the next day. Default: always.
    /// </summary>
    [MaxLength(32)]
    public IReadOnlyList<string> Sessions { get; init; } = [];

    /// <summary>The time zone of the sessions, such as <c>America/New_York</c>. Default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Time to open a connection, from 100 ms to 2 min. Default 10 s.</summary>
    [Between("100ms", "2m")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time within which something has to arrive behind a ping, else the connection is given up, from 100 ms to 2 min. Default 5 s.</summary>
    [Between("100ms", "2m")]
    public TimeSpan PongTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Pause before the first attempt to connect again, doubled with each further one and drawn from its upper half, from 100 ms to 1 h. Default 1 s.</summary>
    [Between("100ms", "1h")]
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest such pause, from 100 ms to 1 h. Default 1 min.</summary>
    [Between("100ms", "1h")]
    public TimeSpan ReconnectMaxDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Age from which a connection counts as stable: after it the pauses begin anew. From 1 s to 1 day. Default 1 min.</summary>
    [Between("1s", "1d")]
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes of a message that are read to count as one; a longer one ends the connection. From 1 KiB to 1 GiB. Default 16 MiB.</summary>
    [Between("1KiB", "1GiB")]
    public ByteSize MaxMessageBytes { get; init; } = ByteSize.MiB(16);

    /// <summary>Bytes of a message that are kept and looked into, a connection's own buffer. From 1 KiB to 1 MiB. Default 16 KiB.</summary>
    [Between("1KiB", "1MiB")]
    public ByteSize ReceiveBuffer { get; init; } = ByteSize.KiB(16);

    /// <summary>Time within which one message with an event time is looked into, and the others only counted; from 1 ms to 1 min. Default 100 ms.</summary>
    [Between("1ms", "1m")]
    public TimeSpan SampleInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    public IEnumerable<(string Key, string Problem)> Check() => ExchangeCheck.Problems(this);
}
