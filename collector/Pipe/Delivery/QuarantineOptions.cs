using Collector.Settings;

namespace Collector.Pipe.Delivery;

/// <summary>Where bad rows are kept.</summary>
public sealed record QuarantineOptions
{
    /// <summary>
    /// Bytes of all quarantine files. Default 64 MiB, from 0 (keep none) to 1 TiB; what comes beyond is counted and lost. Rows
    /// refused at the edge find room up to half of it, those of one table up to half of what the others leave of that half: the
    /// rest is for those that were accepted.
    /// </summary>
    [Between("0B", "1TiB")]
    public ByteSize MaxBytes { get; init; } = ByteSize.MiB(64);

    /// <summary>How long a bad row is kept. Default 90 days, from 1 h to 3650 days; older ones leave and are counted, with a look every hour.</summary>
    [Between("1h", "3650d")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(90);
}
