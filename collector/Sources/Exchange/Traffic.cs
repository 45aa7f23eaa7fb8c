using System.Buffers;
using Collector.Sources.Http;

namespace Collector.Sources.Exchange;

/// <summary>
/// What a channel's messages tell. Each is counted; of a flood one within the sample interval is looked into and the others
/// are taken to be like it, so that a message costs no more than a look at the clock. Nothing is allocated for a message.
/// </summary>
internal sealed class Traffic(VenueProtocol protocol, ClockEstimate estimate, TimeSpan sampleInterval, TimeProvider clock)
{
    /// <summary>Messages looked into within a sample interval while none of them holds an event time.</summary>
    private const int MaxLooks = 16;

    /// <summary>From its begin on, a connection's messages are all looked into for refusals: they come then, between data of what was not refused.</summary>
    private static readonly TimeSpan Answering = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Refusals _refusals = new(protocol.Symbols);
    private readonly ArrayBufferWriter<byte> _mended = new();
    private long _messages;
    private long? _lastAt;
    private long? _lastDataAt;
    private long _openedAt;
    private DateTimeOffset _openedTime;
    private long? _windowAt;
    private int _looks;
    private bool _isData;
    private TimeSpan _delays;
    private int _delayed;

    /// <summary>A connection begins: silence counts from here, and what happened before it is no delay of the feed.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            (_openedAt, _openedTime, _windowAt, _lastAt) = (clock.GetTimestamp(), clock.GetUtcNow(), null, null);
            _refusals.Clear();
        }
    }

    /// <summary>Takes a message, or as much of it as was kept.</summary>
    /// <returns>Whether it is the channel's data, as far as that is known.</returns>
    public bool Take(ReadOnlySpan<byte> message, bool isWhole)
    {
        long now = clock.GetTimestamp();
        lock (_gate)
        {
            _messages++;
            _lastAt = now;
            if (_windowAt is not { } began || clock.GetElapsedTime(began, now) >= sampleInterval)
            {
                (_windowAt, _looks, _isData) = (now, 0, false);
            }

            if (!_isData && _looks++ < MaxLooks)
            {
                _isData = LookInto(message, isWhole);
            }
            else if (isWhole && clock.GetElapsedTime(_openedAt, now) < Answering)
            {
                IsRefusal(message);
            }

            if (_isData)
            {
                _lastDataAt = now;
            }

            return _isData;
        }
    }

    /// <summary>Time since the last data, or since the connection began.</summary>
    public TimeSpan Silence()
    {
        lock (_gate)
        {
            return clock.GetElapsedTime(Math.Max(_lastDataAt ?? 0, _openedAt));
        }
    }

    /// <summary>Whether anything at all has arrived since a monotonic time.</summary>
    public bool HeardSince(long timestamp)
    {
        lock (_gate)
        {
            return _lastAt >= timestamp;
        }
    }

    /// <summary>What there is to tell; the delay is the mean since the last time this was asked.</summary>
    public TrafficState Now()
    {
        lock (_gate)
        {
            TimeSpan? delay = _delayed == 0 ? null : _delays / _delayed;
            (_delays, _delayed) = (TimeSpan.Zero, 0);
            return new TrafficState(_messages, _lastDataAt is { } at ? clock.GetUtcNow() - clock.GetElapsedTime(at) : null, delay, _refusals.Told);
        }
    }

    private bool LookInto(ReadOnlySpan<byte> message, bool isWhole)
    {
        if (message is [(byte)'{' or (byte)'[' or 0xEF, ..] && LooseJson.Mend(message, _mended))
        {
            message = _mended.WrittenSpan;
        }

        DateTimeOffset time = default;
        bool hasTime = protocol.EventTime is { } path && EventTime.TryRead(message, isWhole, path, protocol.TimeUnit, out time);
        if (isWhole && ((!hasTime && IsRefusal(message)) || Matches(protocol.Notices, message)))
        {
            return false;
        }

        if (hasTime)
        {
            Delay(time);
        }
        else if (protocol.EventTime is not null && isWhole)
        {
            return false;
        }

        // No answer and no heartbeat is as long as one that was cut off: its event time lies behind what was kept.
        _refusals.Hear(message);
        return true;
    }

    private bool IsRefusal(ReadOnlySpan<byte> message)
    {
        bool isRefusal = Matches(protocol.Refusals, message) && !(protocol.EventTime is { } path && EventTime.TryRead(message, true, path, protocol.TimeUnit, out _));
        if (isRefusal)
        {
            _refusals.Add(message);
        }

        return isRefusal;
    }

    private static bool Matches(IReadOnlyList<MessageRule> rules, ReadOnlySpan<byte> message)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            if (rules[i].Matches(message))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What happened before the connection is a snapshot that the venue begins with; it was not on its way for so long.</summary>
    private void Delay(DateTimeOffset time)
    {
        if (estimate.Now() is { } venue && time >= _openedTime + venue.Skew - venue.Error)
        {
            _delays += clock.GetUtcNow() + venue.Skew - time;
            _delayed++;
        }
    }
}

/// <param name="Messages">Messages since the start, replies to pings left out.</param>
/// <param name="LastDataAt">When the last data arrived.</param>
/// <param name="Delay">From event to arrival by the venue's clock, the mean of those looked into; null where there was none, or the venue's clock is not known.</param>
/// <param name="Refusal">What the venue has said no to on this connection, see <see cref="Refusals"/>.</param>
internal readonly record struct TrafficState(long Messages, DateTimeOffset? LastDataAt, TimeSpan? Delay, string? Refusal);
