using System.Runtime.InteropServices;
using System.Text;

namespace Collector.Settings.Files;

/// <summary>Folders, and the names in them, that last through a power cut.</summary>
public static class DiskFolder
{
    /// <summary>Makes a folder and those above it that are missing, each with its name on disk.</summary>
    public static void Make(string path, Action<string>? sync = null)
    {
        if (!Directory.Exists(path) && Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent)
        {
            Make(parent, sync);
            Directory.CreateDirectory(path);
            (sync ?? Sync)(parent);
        }
    }

    /// <summary>
    /// Makes the names of new files last: syncing a file does not promise that its entry is on disk. The runtime opens no
    /// directories, hence libc; a system without it (Windows) has no such call and needs none.
    /// </summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Sync(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int descriptor = Libc.Open(Encoding.UTF8.GetBytes(path + '\0'), flags: 0);
        if (descriptor < 0)
        {
            throw new IOException($"Cannot open {path} to sync it: errno {Marshal.GetLastPInvokeError()}");
        }

        try
        {
            if (Libc.Sync(descriptor) != 0)
            {
                throw new IOException($"Cannot sync {path}: errno {Marshal.GetLastPInvokeError()}");
            }
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }

    private static class Libc
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Sync(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
