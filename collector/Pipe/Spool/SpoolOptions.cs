using Collector.Settings;

namespace Collector.Pipe.Spool;

/// <summary>When appended bytes are forced from the page cache to the disk. A killed process loses nothing in any mode.</summary>
public enum FsyncMode
{
    /// <summary>Every <see cref="SpoolOptions.FsyncInterval"/>, the logs that changed: a power cut costs at most that long.</summary>
    Interval,

    /// <summary>Before an append is acknowledged; appenders that wait together share one sync.</summary>
    Always,

    /// <summary>When the operating system sees fit (tens of seconds).</summary>
    Os,
}

/// <summary>What becomes of an append for which there is no room.</summary>
public enum WhenFull
{
    /// <summary>It is refused, so that its sender knows.</summary>
    Refuse,

    /// <summary>
    /// The oldest segment of the largest log goes, its undelivered rows are counted as dropped. One of which a batch is under
    /// way stays, since the store may have its rows already; when there is no other, the append is refused.
    /// </summary>
    DropOldest,
}

/// <summary>The spool on disk: where rows wait until the database has them.</summary>
public sealed record SpoolOptions : IChecked
{
    /// <summary>Directory of the spool, within <c>data_dir</c>; made if missing. Default <c>spool</c>; one process at a time.</summary>
    public string Directory { get; init; } = "spool";

    /// <summary>Bytes of all segments together. Default 1 GiB; at the limit <see cref="WhenFull"/> decides. At least 1 MiB.</summary>
    [Between("1MiB", null)]
    public ByteSize MaxBytes { get; init; } = ByteSize.GiB(1);

    /// <summary>Bytes the spool leaves free on its disk. Default 256 MiB; looked up once a second. 0 switches it off.</summary>
    public ByteSize MinFreeBytes { get; init; } = ByteSize.MiB(256);

    /// <summary>
    /// Bytes at which a segment is sealed and the next one begun. Default 8 MiB (64 KiB to 1 GiB; at most a quarter of
    /// <see cref="MaxBytes"/>). A segment is the unit in which space comes back and in which <see cref="WhenFull.DropOldest"/>
    /// drops, and each table holds one open: small enough that thirty tables fit well below <see cref="MaxBytes"/>, large
    /// enough that a file is made and removed only every 50,000 rows.
    /// </summary>
    [Between("64KiB", "1GiB")]
    public ByteSize SegmentBytes { get; init; } = ByteSize.MiB(8);

    /// <summary>When appended bytes are forced to the disk. Default <see cref="FsyncMode.Interval"/>.</summary>
    public FsyncMode Fsync { get; init; } = FsyncMode.Interval;

    /// <summary>Time between two syncs in mode <see cref="FsyncMode.Interval"/>. Default 1 s (10 ms to 1 min).</summary>
    [Between("10ms", "1m")]
    public TimeSpan FsyncInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What becomes of an append for which there is no room. Default <see cref="WhenFull.Refuse"/>.</summary>
    public WhenFull WhenFull { get; init; } = WhenFull.Refuse;

    public IEnumerable<(string Key, string Problem)> Check()
    {
        if (SegmentBytes.Bytes > MaxBytes.Bytes / 4)
        {
            yield return ("segment_bytes", $"{SegmentBytes} is more than a quarter of max_bytes, {MaxBytes}");
        }
    }
}
