using Collector.Settings;
using Collector.Sources.Http;

namespace Collector.Sources.Daemon;

/// <summary>A daemon that tells its state at an HTTP address.</summary>
internal sealed record DaemonOptions : HttpSourceOptions, IChecked
{
    private static readonly string[] FieldNames =
    [
        "running", "shutdown_requested", "fetch_count", "error_count", "liquidation_count", "restart_count", "uptime_seconds", "cpu_percent",
        "memory_bytes", "last_fetch_time", "last_error", "pid",
    ];

    /// <summary>The status page, answering <c>GET</c> with JSON: an http or https address.</summary>
    public required Uri Url { get; init; }

    /// <summary>Bytes of an answer that are read at the most; a longer one is a fault. Default 1 MiB, from 1 KiB to 64 MiB.</summary>
    [Between("1KiB", "64MiB")]
    public ByteSize MaxBytes { get; init; } = ByteSize.MiB(1);

    /// <summary>
    /// Where the answer holds each field, as JSON pointers (RFC 6901), for a daemon of another shape:
    /// <c>fetch_count: /stats/fetches</c>. Default: each field under its own name, at the top. The fields:
    /// running, shutdown_requested, fetch_count, error_count, liquidation_count, restart_count, uptime_seconds, cpu_percent, memory_bytes,
    /// last_fetch_time, last_error, pid.
    /// </summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Whether memory, processor time, threads and open files are read from this machine's process of the <c>pid</c> in the
    /// answer. Default: where the address is a loopback one.
    /// </summary>
    public bool? ReadProcess { get; init; }

    public IEnumerable<(string Key, string Problem)> Check() => [.. CredentialFaults(), .. JsonFields.Check(Fields, FieldNames, "a daemon")];
}
