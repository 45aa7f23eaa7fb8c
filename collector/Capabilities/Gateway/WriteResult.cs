using Collector.Lines;

namespace Collector.Capabilities.Gateway;

public enum WriteStatus
{
    /// <summary>The good lines are on disk, the bad ones are set aside.</summary>
    Accepted,

    /// <summary>A line is bad and none was taken (<see cref="BadLine.Reject"/>).</summary>
    Invalid,

    /// <summary>Lines could not be kept; the client is to send the request again later.</summary>
    Unavailable,
}

/// <summary>What became of a request's lines.</summary>
/// <param name="Accepted">Lines on disk.</param>
/// <param name="Quarantined">Bad lines set aside.</param>
/// <param name="Lost">Bad lines for which quarantine had no room.</param>
/// <param name="Fault">The first bad line's fault, of a request that is refused for it.</param>
/// <param name="Reason">Why lines could not be kept.</param>
public sealed record WriteResult(WriteStatus Status, int Accepted, int Quarantined, int Lost, LineFault? Fault = null, string? Reason = null);
