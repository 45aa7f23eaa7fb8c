using System.Text;
using Collector.Lines.Tables;
using Collector.Settings.Files;

namespace Collector.Capabilities.Gateway;

/// <summary>
/// The tables that the gateway made, widened or found in the database, on disk: <c>&lt;data_dir&gt;/tables/&lt;table&gt;.sql</c>,
/// each the whole statement. Rows in the spool need them after a restart. A schema file of the same name rules: only columns that
/// it lacks, and that lines brought, are taken from here.
/// </summary>
/// <param name="folder">Where; made when it is missing.</param>
/// <param name="sync">As <see cref="WholeFile"/> has it.</param>
public sealed class MadeTables(string folder, Action<string>? sync = null)
{
    /// <summary>Where they are kept, within the data folder.</summary>
    public const string FolderName = "tables";

    /// <summary>Adds what is on disk to the tables of the schema files, and what is wrong to <paramref name="faults"/>.</summary>
    public static void Load(string folder, TableCatalog tables, List<SchemaFault> faults)
    {
        foreach (string file in Files(folder).Order(StringComparer.Ordinal))
        {
            if (SchemaReader.Read(file, File.ReadAllText(file), faults, isMade: true) is { } made)
            {
                tables.Put(tables.TryGet(made.Name, out Table? known)
                    ? known.With(made.Columns.Where(column => column.IsMade).Select(column => (column.Name, column.Type, column.DatabaseType)))
                    : made);
            }
        }
    }

    /// <summary>Writes the table's file, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public void Save(Table table)
    {
        string text = (table.IsAdopted ? $"-- {Table.FoundMark}\n" : table.IsGuess ? $"-- {Table.GuessMark}\n" : "-- Made by the gateway from the first lines that named it, or a column of it.\n")
            + table.CreateFile(column => table.IsMade && !column.IsMade ? Table.FoundMark : null);
        DiskFolder.Make(folder, sync);
        WholeFile.Write(PathOf(table.Name), Encoding.UTF8.GetBytes(text), sync);
    }

    /// <summary>A file that a version before named otherwise goes on, if it is this table's: that one's lower case had two tables share a name.</summary>
    private string PathOf(string table)
    {
        string path = Path.Combine(folder, TableFileName.Of(NameComparer.Fold(table)) + ".sql");
        string before = Path.Combine(folder, Uri.EscapeDataString(table.ToLowerInvariant()) + ".sql");
        return before != path && File.Exists(before) && NameComparer.Instance.Equals(SchemaReader.Read(before, File.ReadAllText(before), [], isMade: true)?.Name, table) ? before : path;
    }

    private static IEnumerable<string> Files(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.sql") : [];
}
