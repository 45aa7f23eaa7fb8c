using Microsoft.Extensions.Logging;

namespace Collector.Delivery.Spool;

/// <summary>What all logs of a spool share.</summary>
internal sealed record SpoolContext(
    SpoolOptions Options, SpoolSpace Space, SpoolDisk Disk, TimeProvider Time, ILogger Logger, ErrorPacer Pacer)
{
    /// <summary>Makes room by dropping; false when there is nothing left to drop.</summary>
    public Func<long, bool> TryDropOldest { get; set; } = static _ => false;

    /// <summary>Gives up files that hold delivered rows only.</summary>
    public Func<bool> TryReclaim { get; set; } = static () => false;

    public long NowMicros => (Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}

/// <summary>Lets a repeated error through once in 10 s.</summary>
internal sealed class ErrorPacer(TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long _lastAt;
    private bool _hasPassed;

    public bool Passes()
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            if (_hasPassed && time.GetElapsedTime(_lastAt, now) < Pause)
            {
                return false;
            }

            _hasPassed = true;
            _lastAt = now;
            return true;
        }
    }
}
