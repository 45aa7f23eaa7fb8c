using System.Runtime.InteropServices;

namespace Collector.Pipe.Spool;

public enum AppendStatus
{
    /// <summary>On disk as <see cref="SpoolOptions.Fsync"/> promises: acknowledge it.</summary>
    Appended,

    /// <summary>Nothing was written; room comes back as rows are delivered.</summary>
    Full,

    /// <summary>The disk refused. Nothing of it is acknowledged; after a failed sync it may still be delivered.</summary>
    Failed,
}

public enum FullReason
{
    None,

    /// <summary>The spool holds <see cref="SpoolOptions.MaxBytes"/>.</summary>
    MaxBytes,

    /// <summary>The disk has less than <see cref="SpoolOptions.MinFreeBytes"/> left.</summary>
    MinFree,
}

/// <summary>The outcome of one append.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AppendResult(AppendStatus Status, ulong RecordId, FullReason Reason, string? Error)
{
    public static AppendResult Appended(ulong id) => new(AppendStatus.Appended, id, FullReason.None, Error: null);

    public static AppendResult Full(FullReason reason) => new(AppendStatus.Full, 0, reason, Error: null);

    public static AppendResult Failed(string error) => new(AppendStatus.Failed, 0, FullReason.None, error);
}
