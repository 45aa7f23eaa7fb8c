using System.Text;
using Collector.Settings.Files;

namespace Collector.Pipe.Spool;

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

    /// <summary>The table of a folder; null when no table has such a folder. Where the name file is lost, the rows tell.</summary>
    public static string? TableOf(string folder)
    {
        string name = Path.GetFileName(folder);
        return TableFileName.TableOf(name, Path.Combine(folder, NameFile))
            ?? (TableFileName.IsHash(name) ? Directory.GetFiles(folder, "*" + SegmentFormat.Extension).Select(segment => TableIn(segment, name)).FirstOrDefault(table => table is not null) : null);
    }

    private static string? TableIn(string segment, string folderName)
    {
        string? table = null;
        SegmentView.TryScan(segment, new DeliveredIds(1), 0, (in VisitedRecord record) =>
            table ??= record.IsIntact && TableIn(record.Payload.Span) is { Length: > 0 } found && TableFileName.Of(found) == folderName ? found : null);
        return table;
    }

    /// <summary>The table that the first row names: up to the first comma or space, of which backslashes are taken off.</summary>
    private static string TableIn(ReadOnlySpan<byte> lines)
    {
        var name = new List<byte>();
        for (int i = 0; i < lines.Length && lines[i] is not ((byte)',' or (byte)' '); i++)
        {
            i += lines[i] == (byte)'\\' && i + 1 < lines.Length ? 1 : 0;
            name.Add(lines[i]);
        }

        return Encoding.UTF8.GetString([.. name]);
    }
}
