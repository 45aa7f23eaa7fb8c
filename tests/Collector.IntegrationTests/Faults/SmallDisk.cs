using System.Diagnostics;

namespace Collector.IntegrationTests.Faults;

/// <summary>A small file system in memory, over a folder.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    private string Filler => Path.Combine(_folder, "filler");

    /// <summary>Mounts it; skips the test where that is not allowed.</summary>
    public static SmallDisk Mount(string folder)
    {
        SmallDisk? disk = TryMount(folder, out string reason);
        Skip.If(disk is null, reason);
        return disk;
    }

    /// <summary>Mounts it; null where that is not allowed.</summary>
    public static SmallDisk? TryMount(string folder, out string reason, int mebibytes = 8)
    {
        Directory.CreateDirectory(folder);
        string? refusal = OperatingSystem.IsLinux() ? Run("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m", "tmpfs", folder) : "it takes Linux";
        reason = refusal is null ? "" : $"a small file system cannot be mounted: {refusal}";
        return refusal is null ? new SmallDisk(folder) : null;
    }

    /// <summary>Writes until nothing more fits.</summary>
    public void Fill()
    {
        using FileStream file = new(Filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        foreach (int size in (int[])[1 << 20, 1 << 16, 1 << 12, 1])
        {
            try
            {
                while (file.Length < 256 << 20)
                {
                    file.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // No room for a piece of this size; smaller ones may find some.
            }
        }
    }

    public void MakeRoom() => File.Delete(Filler);

    /// <summary>As a disk with errors becomes, or one that is mounted so.</summary>
    public void MakeReadOnly() => Assert.Null(Run("mount", "-o", "remount,ro", _folder));

    public void Dispose() => Run("umount", "-l", _folder);

    /// <returns>Null when it went well, else what it said.</returns>
    private static string? Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        string said = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : said;
    }
}
