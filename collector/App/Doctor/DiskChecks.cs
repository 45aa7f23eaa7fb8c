using Collector.Capabilities;
using Collector.Pipe.Spool;

namespace Collector.App.Doctor;

/// <summary>Whether the spool's disk has the room that the settings promise it.</summary>
internal static class DiskChecks
{
    private const string Check = "disk";

    public static IEnumerable<Finding> Run(CollectorOptions options, SpoolDisk disk)
    {
        SpoolOptions spool = options.Spool;
        string folder = FolderChecks.Nearest(spool.Directory);
        long free, used;
        try
        {
            free = disk.FreeBytes(folder);
            used = Directory.Exists(spool.Directory) ? new DirectoryInfo(spool.Directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(Length) : 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [Finding.Fail(Check, $"the disk of {folder} cannot be asked: {exception.Message}", "mend what the line above says, or move the spool with spool.directory")];
        }

        return [Judge(spool, folder, free, used)];
    }

    private static Finding Judge(SpoolOptions spool, string folder, long free, long used)
    {
        long usable = free - spool.MinFreeBytes.Bytes;
        string state = $"{Shown(free)} free at {folder}, {Shown(used)} in the spool (spool.max_bytes {spool.MaxBytes}, spool.min_free_bytes {spool.MinFreeBytes})";
        if (usable <= 0)
        {
            return Finding.Fail(Check, $"{state}: the spool takes no rows", "make room on that disk, move data_dir to a larger one, or lower spool.min_free_bytes");
        }

        return used >= spool.MaxBytes.Bytes
            ? Finding.Fail(Check, $"{state}: the spool is full", "bring the database back, so that the spool empties, or raise spool.max_bytes")
            : used + usable < spool.MaxBytes.Bytes
            ? Finding.Warn(Check, $"{state}: an outage fills the disk at {Shown(used + usable)}, before the spool's own limit", "make room on that disk, or lower spool.max_bytes to what it can hold")
            : Finding.Ok(Check, state);
    }

    private static string Shown(long bytes) => bytes switch
    {
        >= 1L << 30 => FormattableString.Invariant($"{bytes / (double)(1L << 30):0.#} GiB"),
        >= 1L << 20 => FormattableString.Invariant($"{bytes / (double)(1L << 20):0.#} MiB"),
        _ => FormattableString.Invariant($"{bytes / 1024.0:0.#} KiB"),
    };

    /// <summary>A segment may go between being found and being asked.</summary>
    private static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
