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

    /// <summary>Mount points of local disks, each device once.</summary>
    public static IReadOnlyList<string> LocalMounts(string mounts)
    {
        var devices = new HashSet<string>(StringComparer.Ordinal);
        var points = new List<string>();
        foreach (string line in mounts.Split('\n'))
        {
            if (line.Split(' ') is [var device, var point, var type, ..] && Local.Contains(type) && devices.Add(device))
            {
                points.Add(Plain(point));
            }
        }

        return points;
    }

    /// <summary>A name as it is: blanks and backslashes stand in the list as a backslash and three octal digits.</summary>
    private static string Plain(string name)
    {
        int at = name.IndexOf('\\', StringComparison.Ordinal);
        return at >= 0 && name[at..] is ['\\', >= '0' and <= '3' and var a, >= '0' and <= '7' and var b, >= '0' and <= '7' and var c, ..]
            ? name[..at] + (char)(((a - '0') * 64) + ((b - '0') * 8) + (c - '0')) + Plain(name[(at + 4)..])
            : name;
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
