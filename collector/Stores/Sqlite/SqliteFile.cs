using Collector.Lines.Tables;
using Microsoft.Data.Sqlite;

namespace Collector.Stores.Sqlite;

/// <summary>
/// A SQLite file that was filled by <see cref="SqliteStore"/>, to be read. One transaction for all that is asked: what a live
/// collector adds meanwhile is not seen, so that counts and rows agree.
/// </summary>
public sealed class SqliteFile : IDisposable
{
    private static readonly string[] RowIds = ["rowid", "_rowid_", "oid"];

    private readonly SqliteSession _session;

    /// <exception cref="SqliteException">The file cannot be opened, or is none of SQLite.</exception>
    public SqliteFile(string path)
    {
        _session = new SqliteSession(new SqliteOptions { Path = path }, readOnly: true);
        try
        {
            _session.Execute("BEGIN");
            TableNames = Names();
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>The tables in the file, SQLite's own left out.</summary>
    public IReadOnlyList<string> TableNames { get; }

    public bool Has(Table table) => TableNames.Contains(table.Name, NameComparer.Instance);

    /// <summary>Why the table's rows cannot be read as the schema file has them; null when they can.</summary>
    public string? Problem(Table table)
    {
        foreach (SchemaChange change in SqliteSchema.Plan(_session, table))
        {
            if (change.IsRefused)
            {
                return change.Description;
            }

            if (table.Columns.FirstOrDefault(column => column.Type == ColumnType.Boolean && !Columns(table).Contains(column.Name)) is { } missing)
            {
                return $"it lacks the column {missing}, which is BOOLEAN and has no null; run `collector schema apply` with store.type sqlite first, which says false for the old rows";
            }
        }

        return null;
    }

    public long Count(Table table, long sinceMicros)
    {
        using SqliteCommand command = _session.Command($"SELECT count(*) FROM {SqliteSchema.Quoted(table)} WHERE {SqliteSchema.Quoted(table.TimestampName)} >= {sinceMicros}");
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>The rows from a time on, in the order of their time.</summary>
    public StoredRows Rows(Table table, long sinceMicros)
    {
        HashSet<string> present = Columns(table);
        string columns = string.Join(", ", table.Columns.Select(column => present.Contains(column.Name) ? SqliteSchema.Quoted(column.Name) : "NULL")
            .Prepend(SqliteSchema.Quoted(table.TimestampName)).Prepend(table.Keys.Length == 0 ? RowId(present) : "0"));
        string timestamp = SqliteSchema.Quoted(table.TimestampName);
        return new StoredRows(table, _session.Command($"SELECT {columns} FROM {SqliteSchema.Quoted(table)} WHERE {timestamp} >= {sinceMicros} ORDER BY {timestamp}"));
    }

    public void Dispose() => _session.Dispose();

    /// <summary>The row's number, by whichever of its names no column has taken; 0 where none is left.</summary>
    private static string RowId(HashSet<string> columns) => Array.Find(RowIds, name => !columns.Contains(name)) ?? "0";

    private HashSet<string> Columns(Table table)
    {
        using SqliteCommand command = _session.Command("SELECT name FROM pragma_table_info($table)");
        command.Parameters.AddWithValue("$table", SqliteSchema.NameOf(table));
        return Texts(command).ToHashSet(NameComparer.Instance);
    }

    private List<string> Names()
    {
        using SqliteCommand command = _session.Command("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite#_%' ESCAPE '#' ORDER BY name");
        return Texts(command).ConvertAll(name => name.TrimStart('/'));
    }

    private static List<string> Texts(SqliteCommand command)
    {
        var texts = new List<string>();
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            texts.Add(rows.GetString(0));
        }

        return texts;
    }
}
