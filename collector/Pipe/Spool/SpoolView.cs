using System.Globalization;

namespace Collector.Pipe.Spool;

/// <summary>
/// A spool as anyone may look at it, whether or not a collector runs on it: opens files to read, takes no lock, changes
/// nothing. What a running collector delivers or appends meanwhile may be missing; a segment that goes during the look is one
/// that was delivered.
/// </summary>
public sealed class SpoolView
{
    private SpoolView(IReadOnlyList<TableView> tables, int? holder) => (Tables, Holder) = (tables, holder);

    /// <summary>The logs, by table.</summary>
    public IReadOnlyList<TableView> Tables { get; }

    /// <summary>The process that holds the spool; null where none says so. The lock itself is not tried: a collector that starts in that instant would find it taken.</summary>
    public int? Holder { get; }

    /// <summary>Looks at a directory; one that is not there holds nothing.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SpoolView Open(string directory)
    {
        IEnumerable<string> folders = Directory.Exists(directory) ? Directory.GetDirectories(directory) : [];
        return new SpoolView(
            [
                .. folders.Select(folder => (Folder: folder, Table: TableFolder.TableOf(folder)))
                    .Where(found => found.Table is not null)
                    .Select(found => new TableView(found.Table!, found.Folder))
                    .OrderBy(table => table.Table, StringComparer.Ordinal),
            ],
            HolderOf(directory));
    }

    private static int? HolderOf(string directory)
    {
        string path = Path.Combine(directory, SpoolLock.PidFile);
        try
        {
            return int.TryParse(File.Exists(path) ? File.ReadAllText(path) : "", NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && IsAlive(pid)
                ? pid
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
