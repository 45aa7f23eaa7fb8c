using System.Runtime.InteropServices;

namespace Collector.Settings.Files;

/// <summary>Who may read what the collector writes: its own user alone. Windows has no such modes, and goes by the folder's rights.</summary>
public static class FileModes
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>
    /// From now on whatever this process makes is 0600 or 0700, under whatever umask it was started. That of the process, since
    /// SQLite makes files too.
    /// </summary>
    public static void KeepToOwner()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = Libc.Umask((uint)Others);
        }
    }

    /// <summary>The folder's mode where others may do anything with it, as <c>chmod</c> has it: 755; null where they may not.</summary>
    public static string? OpenMode(string folder) =>
        !OperatingSystem.IsWindows() && File.GetUnixFileMode(folder) is var mode && (mode & Others) != UnixFileMode.None ? Convert.ToString((int)mode, 8) : null;

    /// <summary>Takes all rights to the folder from others.</summary>
    /// <exception cref="IOException">It cannot be done.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is another user's.</exception>
    public static void Close(string folder)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) & ~Others);
        }
    }

    private static class Libc
    {
        [DllImport("libc", EntryPoint = "umask")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern uint Umask(uint mask);
    }
}
