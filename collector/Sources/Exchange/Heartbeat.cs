using System.Buffers.Text;
using System.Text;

namespace Collector.Sources.Exchange;

/// <summary>The pings of one connection and their replies: the round trip, and where the reply tells it the venue's time.</summary>
internal sealed class Heartbeat(PingOptions options, TimeSpan timeout, ClockEstimate estimate, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly MessageRule? _pong = options.Pong is { } pong ? new MessageRule(pong) : null;
    private readonly MessagePath? _sentTime = options.SentTime is { } path ? new MessagePath(path) : null;
    private readonly MessagePath? _receivedTime = options.ReceivedTime is { } path ? new MessagePath(path) : null;
    private readonly byte[] _digits = new byte[20];
    private long _id;
    private long? _pendingSince;
    private long _nextAt = clock.GetTimestamp();
    private int _unanswered;
    private (TimeSpan Time, long At)? _latest;

    /// <summary>Whether the venue is pinged by messages.</summary>
    public bool Speaks => options.Message is not null;

    /// <summary>The last round trip; null where there is none, or it is older than two pings.</summary>
    public TimeSpan? RoundTrip
    {
        get
        {
            lock (_gate)
            {
                return _latest is { } latest && clock.GetElapsedTime(latest.At) < (2 * options.Interval) + timeout ? latest.Time : null;
            }
        }
    }

    /// <summary>Time until the next thing to do: a ping to send, or a reply to give up.</summary>
    public TimeSpan Due
    {
        get
        {
            lock (_gate)
            {
                return _pendingSince is { } sent ? timeout - clock.GetElapsedTime(sent) : -clock.GetElapsedTime(_nextAt);
            }
        }
    }

    /// <summary>The next ping, which counts as sent from here; null while one is under way.</summary>
    public byte[]? Next()
    {
        lock (_gate)
        {
            if (_pendingSince is not null)
            {
                return null;
            }

            _id++;
            _pendingSince = clock.GetTimestamp();
            _nextAt = _pendingSince.Value + (long)(options.Interval.TotalSeconds * clock.TimestampFrequency);
            return Encoding.UTF8.GetBytes(options.Message!.Replace("{id}", _id.ToString(), StringComparison.Ordinal));
        }
    }

    /// <summary>Gives up the ping under way, whose reply may still come.</summary>
    /// <returns>The monotonic time at which it was sent.</returns>
    public long GiveUp()
    {
        lock (_gate)
        {
            long sent = _pendingSince!.Value;
            _pendingSince = null;
            _unanswered++;
            return sent;
        }
    }

    /// <summary>Takes a message that is the reply to a ping.</summary>
    /// <returns>Whether it is one.</returns>
    public bool Take(ReadOnlySpan<byte> message)
    {
        long now = clock.GetTimestamp();
        lock (_gate)
        {
            if (_pong is null || (_pendingSince is null && _unanswered == 0))
            {
                return false;
            }

            Utf8Formatter.TryFormat(_id, _digits, out int length);
            if (!_pong.Matches(message, _digits.AsSpan(0, length)))
            {
                return false;
            }

            // Replies come in the order of the pings: without a number this one belongs to a ping that was given up.
            if (_pendingSince is not { } sent || (!_pong.HasId && _unanswered > 0))
            {
                _unanswered = Math.Max(0, _unanswered - 1);
                return true;
            }

            (_pendingSince, _unanswered, _latest) = (null, 0, (clock.GetElapsedTime(sent, now), now));
            Compare(message, sent, now);
            return true;
        }
    }

    private void Compare(ReadOnlySpan<byte> reply, long sent, long now)
    {
        if (_sentTime is null || !EventTime.TryRead(reply, true, _sentTime, options.TimeUnit, out DateTimeOffset venueSent))
        {
            return;
        }

        if (_receivedTime is null || !EventTime.TryRead(reply, true, _receivedTime, options.TimeUnit, out DateTimeOffset venueReceived))
        {
            venueReceived = venueSent;
        }

        estimate.Add(sent, now, venueReceived, venueSent, EventTime.Resolution(options.TimeUnit));
    }
}
