using System.Text;
using Collector.Files;
using Collector.Tables;

namespace Collector.Gateway;

/// <summary>
/// The tables that the gateway made or widened, on disk: <c>&lt;data_dir&gt;/tables/&lt;table&gt;.sql</c>, each the whole
/// statement. Rows in the spool need them after a restart. A schema file of the same name rules: only columns that it lacks
/// are taken from here.
/// </summary>
/// <param name="folder">Where; made when it is missing.</param>
/// <param name="sync">As <see cref="WholeFile"/> has it.</param>
internal sealed class MadeTables(string folder, Action<string>? sync = null)
{
    /// <summary>Where they are kept, within the data folder.</summary>
    public const string FolderName = "tables";

    private readonly HashSet<string> _names = new(Files(folder).Select(Path.GetFileName)!, StringComparer.OrdinalIgnoreCase);

    public int Count => _names.Count;

    public bool Contains(string table) => _names.Contains(FileName(table));

    /// <summary>Adds what is on disk to the tables of the schema files, and what is wrong to <paramref name="faults"/>.</summary>
    public static void Load(string folder, TableCatalog tables, List<SchemaFault> faults)
    {
        foreach (string file in Files(folder).Order(StringComparer.Ordinal))
        {
            if (SchemaReader.Read(file, File.ReadAllText(file), faults, isMade: true) is { } made)
            {
                Table table = tables.TryGet(made.Name, out Table? known) ? known : TableGrowth.New(made.Name);
                tables.Put(table.With(made.Columns.Select(column => (column.Name, column.Type))));
            }
        }
    }

    /// <summary>Writes the table's file, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public void Save(Table table)
    {
        string name = FileName(table.Name);
        string text = "-- Made by the gateway from the first lines that named it, or a column of it.\n"
            + table.CreateStatement().Replace(", \"", ",\n    \"", StringComparison.Ordinal) + ";\n";
        DiskFolder.Make(folder, sync);
        WholeFile.Write(Path.Combine(folder, name), Encoding.UTF8.GetBytes(text), sync);
        _names.Add(name);
    }

    /// <summary>A file that a version before named longer goes on.</summary>
    private string FileName(string table)
    {
        string before = Uri.EscapeDataString(table.ToLowerInvariant()) + ".sql";
        return _names.Contains(before) ? before : TableFileName.Of(NameComparer.Fold(table)) + ".sql";
    }

    private static IEnumerable<string> Files(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.sql") : [];
}
