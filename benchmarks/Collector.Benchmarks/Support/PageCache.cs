using System.Diagnostics;

namespace Collector.Benchmarks.Support;

/// <summary>What the system keeps of files in memory.</summary>
internal static class PageCache
{
    private const string DropCaches = "/proc/sys/vm/drop_caches";

    /// <summary>Empties it, which only root may; false for everybody else.</summary>
    public static bool TryEmpty()
    {
        try
        {
            using (var sync = Process.Start("sync"))
            {
                sync.WaitForExit();
            }

            File.WriteAllText(DropCaches, "3\n");
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
