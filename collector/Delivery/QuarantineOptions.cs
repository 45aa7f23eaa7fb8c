using Collector.Configuration;

namespace Collector.Delivery;

/// <summary>Where bad rows are kept.</summary>
internal sealed record QuarantineOptions
{
    /// <summary>
    /// Bytes of all quarantine files. Default 64 MiB, from 0 (keep none) to 1 TiB; what comes beyond is counted and lost. Rows
    /// refused at the edge find room up to half of it: the other half is for those that were accepted.
    /// </summary>
    [Between("0B", "1TiB")]
    public ByteSize MaxBytes { get; init; } = ByteSize.MiB(64);
}
