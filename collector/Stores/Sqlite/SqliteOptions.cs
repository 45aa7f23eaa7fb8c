using Collector.Settings;

namespace Collector.Stores.Sqlite;

/// <summary>When SQLite waits for the disk (https://sqlite.org/pragma.html#pragma_synchronous).</summary>
public enum SqliteSynchronous
{
    /// <summary>
    /// At checkpoints: a power cut may lose the newest batches, which have left the spool, as far back as the operating system
    /// had not written by itself (some 30 s on Linux). The file stays whole, and killing the process loses none.
    /// </summary>
    Normal,

    /// <summary>At every commit: what was accepted survives a power cut.</summary>
    Full,
}

/// <summary>The store within the collector: a file, for small operations and first steps.</summary>
public sealed record SqliteOptions
{
    /// <summary>The database's file; its folder is made where it is missing. Default: <c>collector.db</c> in <c>data_dir</c>.</summary>
    public string Path { get; init; } = "collector.db";

    /// <summary>
    /// When a batch is on disk. Default: as <c>spool.fsync</c> has it, since a row is worth as much after it left the spool as
    /// before: <c>os</c> makes it normal, else it is full, one sync a batch. Never off: that spares next to nothing more, and a
    /// power cut could spoil the file.
    /// </summary>
    public SqliteSynchronous? Synchronous { get; init; }

    /// <summary>How long a lock that another program holds is waited for. Default 1 s, 0 to 10 s; then the batch is tried again later.</summary>
    [Between("0ms", "10s")]
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(1);
}
