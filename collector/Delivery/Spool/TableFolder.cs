using Collector.Files;

namespace Collector.Delivery.Spool;

/// <summary>The folder of a table, called as <see cref="TableFileName"/> has it; one named by a hash holds the table's name in a file.</summary>
internal static class TableFolder
{
    public const string NameFile = "table";

    /// <summary>Makes the folder, with the name file where the folder's own name does not tell. Its name is on disk when this returns.</summary>
    public static string Make(string root, string table, Action<string>? sync = null)
    {
        string path = Path.Combine(root, TableFileName.Of(table));
        Directory.CreateDirectory(path);
        TableFileName.Keep(Path.Combine(path, NameFile), table, sync);
        (sync ?? DiskFolder.Sync)(root);
        return path;
    }

    /// <summary>The table of a folder; null when no table has such a folder.</summary>
    public static string? TableOf(string folder) => TableFileName.TableOf(Path.GetFileName(folder), Path.Combine(folder, NameFile));
}
