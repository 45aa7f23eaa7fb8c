using Collector.Settings.Logging;
using Microsoft.Extensions.Logging;

namespace Collector.Pipe.Spool;

/// <summary>What all logs of a spool share.</summary>
public sealed record SpoolContext(
    SpoolOptions Options, SpoolSpace Space, SpoolDisk Disk, TimeProvider Time, ILogger Logger, RepeatedLog Repeated)
{
    /// <summary>Makes room by dropping; false when there is nothing left to drop.</summary>
    public Func<long, bool> TryDropOldest { get; set; } = static _ => false;

    /// <summary>Gives up files that hold delivered rows only.</summary>
    public Func<bool> TryReclaim { get; set; } = static () => false;

    /// <summary>Is told a table before files with its rows, all delivered or given up, are deleted.</summary>
    public Action<string> BeforeDelete { get; set; } = static _ => { };

    public long NowMicros => (Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
