using Collector.Tables;

namespace Collector.Gateway;

/// <summary>
/// The tables that the gateway made or widened, on disk: <c>&lt;data_dir&gt;/tables/&lt;table&gt;.sql</c>, each the whole
/// statement. Rows in the spool need them after a restart. A schema file of the same name rules: only columns that it lacks
/// are taken from here.
/// </summary>
internal sealed class MadeTables(string folder)
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
        string name = FileName(table.Name), path = Path.Combine(folder, name), unfinished = path + ".new";
        Directory.CreateDirectory(folder);
        using (FileStream file = new(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        using (var text = new StreamWriter(file))
        {
            text.Write("-- Made by the gateway from the first lines that named it, or a column of it.\n");
            text.Write(table.CreateStatement().Replace(", \"", ",\n    \"", StringComparison.Ordinal));
            text.Write(";\n");
            text.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
        _names.Add(name);
    }

    private static string FileName(string table) => Uri.EscapeDataString(table.ToLowerInvariant()) + ".sql";

    private static IEnumerable<string> Files(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.sql") : [];
}
