using System.Globalization;

namespace Collector.Pipe.Spool;

/// <summary>
/// The process that holds a spool directory, told without touching its lock: trying to take it, even for a moment, could keep
/// a collector from starting. Linux shows which files a process has open (proc(5), <c>/proc/PID/fd</c>) to its own user.
/// </summary>
/// <param name="IsCertain">False where the process's files are not to be seen: it may be another one that has the number now.</param>
public sealed record SpoolHolder(int Pid, bool IsCertain)
{
    /// <returns>Null when nobody holds it, as far as this user can see.</returns>
    public static SpoolHolder? Find(string directory)
    {
        string lockFile = Path.Combine(Path.GetFullPath(directory), SpoolLock.LockFile);
        if (!File.Exists(lockFile))
        {
            return null;
        }

        foreach (string process in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && HasOpen(process, lockFile) == true)
            {
                return new SpoolHolder(pid, IsCertain: true);
            }
        }

        // Not even its owner can look into a process of another user: what is left is the number that it wrote down.
        return int.TryParse(SpoolLock.ReadPid(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int named)
            && Directory.Exists($"/proc/{named}") && HasOpen($"/proc/{named}", lockFile) is null
            ? new SpoolHolder(named, IsCertain: false)
            : null;
    }

    /// <returns>Null when this user may not see it.</returns>
    private static bool? HasOpen(string process, string file)
    {
        try
        {
            return Directory.EnumerateFiles($"{process}/fd").Any(open => new FileInfo(open).LinkTarget == file);
        }
        catch (DirectoryNotFoundException)
        {
            return false; // it has ended
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
