namespace Collector.Sources.Exchange;

/// <summary>
/// The venue's clock against this machine's, from requests that the venue answered with its time: offset and delay of RFC
/// 5905 section 8. The error is half the delay, the resolution of the venue's time, and the drift of the clocks since (RFC
/// 5905 allows 15 parts in a million); of the latest eight the one with the least error counts. All is held against the
/// monotonic clock, so that setting this machine's clock moves the skew at once and spoils no measurement.
/// </summary>
internal sealed class ClockEstimate(TimeProvider clock)
{
    private const int Kept = 8;
    private const double DriftPerSecond = 15e-6;
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly List<Sample> _samples = [];
    private readonly long _origin = clock.GetTimestamp();

    /// <summary>Takes a measurement.</summary>
    /// <param name="sent">The monotonic time at which the request was sent.</param>
    /// <param name="received">The monotonic time at which the reply was read.</param>
    /// <param name="venueReceived">The venue's time at which the request arrived.</param>
    /// <param name="venueSent">The venue's time at which the reply was sent.</param>
    /// <param name="resolution">The smallest step of the venue's times, which are taken to be cut off to it.</param>
    public void Add(long sent, long received, DateTimeOffset venueReceived, DateTimeOffset venueSent, TimeSpan resolution)
    {
        TimeSpan t1 = clock.GetElapsedTime(_origin, sent);
        TimeSpan t4 = clock.GetElapsedTime(_origin, received);
        TimeSpan held = venueSent - venueReceived;
        TimeSpan delay = t4 - t1 - held;
        if (held < TimeSpan.Zero || delay < TimeSpan.Zero)
        {
            return; // It held the request for longer than it was away: no clock tells that rightly.
        }

        TimeSpan offset = (((venueReceived - DateTimeOffset.UnixEpoch) - t1 + (venueSent - DateTimeOffset.UnixEpoch) - t4) / 2) + (resolution / 2);
        var sample = new Sample(offset, (delay + resolution) / 2, received);
        lock (_gate)
        {
            // Two that cannot both be right: the venue's clock was set in between.
            _samples.RemoveAll(other => (other.Offset - sample.Offset).Duration() > Error(other, received) + sample.Error);
            if (_samples.Count == Kept)
            {
                _samples.RemoveAt(0);
            }

            _samples.Add(sample);
        }
    }

    /// <summary>The venue's clock minus this machine's as of now, and how far that may be off to either side; null while nothing is known.</summary>
    public (TimeSpan Skew, TimeSpan Error)? Now()
    {
        long now = clock.GetTimestamp();
        lock (_gate)
        {
            Sample? best = null;
            foreach (Sample sample in _samples)
            {
                if (clock.GetElapsedTime(sample.At, now) <= MaxAge && (best is not { } other || Error(sample, now) <= Error(other, now)))
                {
                    best = sample;
                }
            }

            return best is { } found
                ? (found.Offset - (clock.GetUtcNow() - DateTimeOffset.UnixEpoch - clock.GetElapsedTime(_origin, now)), Error(found, now))
                : null;
        }
    }

    private TimeSpan Error(in Sample sample, long now) => sample.Error + (clock.GetElapsedTime(sample.At, now) * DriftPerSecond);

    /// <param name="Offset">The venue's time since 1970 minus this machine's monotonic time.</param>
    /// <param name="At">The monotonic time of the measurement.</param>
    private readonly record struct Sample(TimeSpan Offset, TimeSpan Error, long At);
}
