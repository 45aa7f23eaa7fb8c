using System.Runtime.InteropServices;

namespace Collector.Sources.Host;

/// <summary>How full a file system is, as <c>df</c> counts it: what only root may fill is not part of the size.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DiskUsage(string Mount, long UsedBytes, long TotalBytes)
{
    public double Ratio => (double)UsedBytes / TotalBytes;
}

/// <summary>The local file systems of <c>/proc/mounts</c> (proc(5)).</summary>
internal static class FileSystems
{
    private static readonly HashSet<string> Local = new(StringComparer.Ordinal)
    {
        "ext2", "ext3", "ext4", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs", "vfat", "exfat", "ntfs", "ntfs3", "bcachefs", "overlay",
    };

    /// <summary>Mount points of local disks, each device once. A space in a name stands as \040.</summary>
    public static IReadOnlyList<string> LocalMounts(string mounts)
    {
        var devices = new HashSet<string>(StringComparer.Ordinal);
        var points = new List<string>();
        foreach (string line in mounts.Split('\n'))
        {
            if (line.Split(' ') is [var device, var point, var type, ..] && Local.Contains(type) && devices.Add(device))
            {
                points.Add(point.Replace("\\040", " ", StringComparison.Ordinal));
            }
        }

        return points;
    }

    /// <summary>The fullest of the mounts; null where none can be read.</summary>
    public static DiskUsage? Fullest(IEnumerable<string> mounts)
    {
        DiskUsage? fullest = null;
        foreach (string mount in mounts)
        {
            if (Usage(mount) is { } usage && !(fullest?.Ratio >= usage.Ratio))
            {
                fullest = usage;
            }
        }

        return fullest;
    }

    private static DiskUsage? Usage(string mount)
    {
        try
        {
            var drive = new DriveInfo(mount);
            long used = drive.TotalSize - drive.TotalFreeSpace;
            long total = used + drive.AvailableFreeSpace;
            return total > 0 ? new DiskUsage(mount, used, total) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // gone or hidden since the list was read; another one may be fuller
        }
    }
}
