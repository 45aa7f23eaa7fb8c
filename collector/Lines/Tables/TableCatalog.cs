using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Collector.Lines.Tables;

/// <summary>
/// The tables of a schema folder: one <c>.sql</c> file each, named after its table; and their materialized views, in the folder
/// <c>views</c> within it.
/// </summary>
public sealed class TableCatalog : IReadOnlyCollection<Table>
{
    private const string Views = "views";

    private readonly Lock _gate = new();
    private volatile Dictionary<string, Table> _tables;

    public TableCatalog(IEnumerable<Table> tables) =>
        _tables = tables.ToDictionary(table => table.Name, NameComparer.Instance);

    public int Count => _tables.Count;

    /// <exception cref="KeyNotFoundException">There is no schema file for the table.</exception>
    public Table this[string name] => TryGet(name, out Table? table)
        ? table
        : throw new KeyNotFoundException($"There is no table {name}: the schema folder has no {name}.sql.");

    /// <summary>Takes in a table that was made while the collector runs, or one that got more columns.</summary>
    public void Put(Table table)
    {
        lock (_gate)
        {
            _tables = new Dictionary<string, Table>(_tables, NameComparer.Instance) { [table.Name] = table };
        }
    }

    public bool TryGet(string name, [NotNullWhen(true)] out Table? table) => _tables.TryGetValue(name, out table);

    /// <summary>Reads every <c>*.sql</c> of <paramref name="folder"/>, adding all that is wrong to <paramref name="faults"/>.</summary>
    public static TableCatalog Load(string folder, List<SchemaFault> faults)
    {
        if (!Directory.Exists(folder))
        {
            faults.Add(new SchemaFault(folder, 1, 1, "the schema folder does not exist"));
            return new TableCatalog([]);
        }

        var tables = new Dictionary<string, Table>(NameComparer.Instance);
        var metrics = new Dictionary<string, Column>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder, "*.sql").Order(StringComparer.Ordinal))
        {
            if (SchemaReader.Read(file, File.ReadAllText(file), faults) is not { } table)
            {
                continue;
            }

            if (!NameComparer.Instance.Equals(table.Name, Path.GetFileNameWithoutExtension(file)))
            {
                faults.Add(new SchemaFault(file, 1, 1, $"the file defines the table {table.Name}; call it {table.Name}.sql"));
            }
            else if (!tables.TryAdd(table.Name, table))
            {
                faults.Add(new SchemaFault(file, 1, 1, $"the table {table.Name} has a second file (names are case-insensitive)"));
            }

            foreach (Column column in table.Columns.Where(column => column.Metric is not null && !metrics.TryAdd(column.Metric.Name, column)))
            {
                faults.Add(new SchemaFault(file, 1, 1, $"the metric {column.Metric!.Name} of {table}.{column} is already that of another table's {metrics[column.Metric.Name]}"));
            }
        }

        AddViews(Path.Combine(folder, Views), tables, faults);
        return new TableCatalog(tables.Values);
    }

    public IEnumerator<Table> GetEnumerator() => _tables.Values.OrderBy(table => table.Name, StringComparer.Ordinal).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void AddViews(string folder, Dictionary<string, Table> tables, List<SchemaFault> faults)
    {
        IEnumerable<string> files = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.sql").Order(StringComparer.Ordinal) : [];
        foreach (string file in files)
        {
            if (ViewReader.Read(file, File.ReadAllText(file), faults) is not { } view)
            {
                continue;
            }

            if (!NameComparer.Instance.Equals(view.Name, Path.GetFileNameWithoutExtension(file)))
            {
                faults.Add(new SchemaFault(file, 1, 1, $"the file defines the view {view.Name}; call it {view.Name}.sql"));
            }
            else if (tables.ContainsKey(view.Name))
            {
                faults.Add(new SchemaFault(file, 1, 1, $"the view {view.Name} has the name of a table (names are case-insensitive)"));
            }
            else if (!tables.TryGetValue(view.Base, out Table? table))
            {
                faults.Add(new SchemaFault(file, 1, 1, $"the view {view.Name} is of the table {view.Base}, which has no schema file"));
            }
            else
            {
                table.Views = [.. table.Views, view];
            }
        }
    }
}
