using System.Text;
using Collector.Lines.Tables;
using Microsoft.Data.Sqlite;

namespace Collector.Stores.Sqlite;

/// <summary>
/// A schema file's table in SQLite, strict about types and without rowids: the rows lie in the order of their primary key,
/// which saves the second tree that an index beside them would be.
/// <code>
/// designated timestamp   INTEGER NOT NULL, microseconds since 1970 UTC; first of the primary key
/// key                    TEXT NOT NULL DEFAULT '', behind it in the primary key
/// BOOLEAN                INTEGER NOT NULL DEFAULT 0
/// LONG, TIMESTAMP        INTEGER        DOUBLE  REAL        SYMBOL, VARCHAR  TEXT
/// array                  TEXT, as JSON
/// </code>
/// A table without keys has rowids and an index over the timestamp instead. A missing column is added; what needs the table
/// to be written anew is refused. SQLite keeps names that begin with <c>sqlite_</c> for itself: such a table has a slash before
/// its name, which no table's name holds.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>Behind a table's name, the name of its index: with a slash, so that no table can have it.</summary>
    private const string IndexMark = "/timestamp";

    /// <summary>What differs between the table and its schema file, with the statements that mend it.</summary>
    /// <exception cref="SqliteException">SQLite failed.</exception>
    public static IReadOnlyList<SchemaChange> Plan(SqliteSession session, Table table)
    {
        Dictionary<string, LiveColumn> live = Describe(session, table);
        if (live.Count == 0)
        {
            return [new SchemaChange(SchemaChangeKind.CreateTable, table.Name, "create the table", Freeing(session, table) + CreateStatement(table))];
        }

        string[] differences = [.. Differences(table, live)];
        if (differences.Length > 0)
        {
            string advice = $"rename the table there (ALTER TABLE {Quoted(table)} RENAME TO …), and it is made anew";
            return [new SchemaChange(SchemaChangeKind.Refused, table.Name, $"it {string.Join(", and ", differences)}", Advice: advice)];
        }

        return [.. table.Columns.Where(column => !live.ContainsKey(column.Name)).Select(column => new SchemaChange(
            SchemaChangeKind.AddColumn,
            table.Name,
            $"add the column {column} {Type(column.Type)}",
            $"ALTER TABLE {Quoted(table)} ADD COLUMN {Definition(column)}"))];
    }

    public static string CreateStatement(Table table)
    {
        var sql = new StringBuilder($"CREATE TABLE {Quoted(table)} ({Quoted(table.TimestampName)} INTEGER NOT NULL");
        foreach (Column column in table.Columns)
        {
            sql.Append($", {Definition(column)}");
        }

        if (table.Keys.Length == 0)
        {
            return sql.Append($") STRICT; CREATE INDEX IF NOT EXISTS {Quoted(NameOf(table) + IndexMark)} ON {Quoted(table)} ({Quoted(table.TimestampName)})").ToString();
        }

        string keys = string.Join(", ", table.Keys.Select(key => key.Name).Prepend(table.TimestampName).Select(Quoted));
        return sql.Append($", PRIMARY KEY ({keys})) STRICT, WITHOUT ROWID").ToString();
    }

    /// <summary>What the table is called in the file.</summary>
    public static string NameOf(Table table) => table.Name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase) ? "/" + table.Name : table.Name;

    public static string Quoted(Table table) => Quoted(NameOf(table));

    /// <summary>A name within double quotes.</summary>
    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Gives an index its name of now, where it has the table's: versions before named them <c>table_timestamp</c>.</summary>
    private static string Freeing(SqliteSession session, Table table)
    {
        using SqliteCommand command = session.Command("""
            SELECT i.tbl_name, c.name FROM sqlite_schema i, pragma_index_info(i.name) c
            WHERE i.type = 'index' AND i.name = $table COLLATE NOCASE AND i.name = i.tbl_name || '_timestamp'
            """);
        command.Parameters.AddWithValue("$table", NameOf(table));
        using SqliteDataReader row = command.ExecuteReader();
        return row.Read()
            ? $"CREATE INDEX IF NOT EXISTS {Quoted(row.GetString(0) + IndexMark)} ON {Quoted(row.GetString(0))} ({Quoted(row.GetString(1))}); DROP INDEX {Quoted(table.Name)}; "
            : "";
    }

    private static IEnumerable<string> Differences(Table table, Dictionary<string, LiveColumn> live)
    {
        foreach (Column column in table.Columns)
        {
            if (live.TryGetValue(column.Name, out LiveColumn? found) && !string.Equals(found.Type, Type(column.Type), StringComparison.OrdinalIgnoreCase))
            {
                yield return $"has the column {found.Name} as {found.Type} where its schema file wants {Type(column.Type)}";
            }
        }

        string[] wanted = table.Keys.Length == 0 ? [] : [.. table.Keys.Select(key => key.Name).Prepend(table.TimestampName)];
        string[] keys = [.. live.Values.Where(column => column.IsKey).Select(column => column.Name)];
        if (!live.ContainsKey(table.TimestampName))
        {
            yield return $"has no column {table.TimestampName}";
        }
        else if (!wanted.ToHashSet(NameComparer.Instance).SetEquals(keys))
        {
            yield return $"has the keys {Listed(keys)} where its schema file wants {Listed(wanted)}";
        }
    }

    private static Dictionary<string, LiveColumn> Describe(SqliteSession session, Table table)
    {
        using SqliteCommand command = session.Command("SELECT name, type, pk FROM pragma_table_info($table)");
        command.Parameters.AddWithValue("$table", NameOf(table));
        using SqliteDataReader rows = command.ExecuteReader();
        var columns = new Dictionary<string, LiveColumn>(NameComparer.Instance);
        while (rows.Read())
        {
            columns[rows.GetString(0)] = new LiveColumn(rows.GetString(0), rows.GetString(1), rows.GetInt64(2) > 0);
        }

        return columns;
    }

    private static string Definition(Column column) => Quoted(column.Name) + " " + column switch
    {
        { IsKey: true } => "TEXT NOT NULL DEFAULT ''",
        { Type: ColumnType.Boolean } => "INTEGER NOT NULL DEFAULT 0",
        _ => Type(column.Type),
    };

    private static string Type(ColumnType type) => type switch
    {
        ColumnType.Double => "REAL",
        ColumnType.Symbol or ColumnType.Varchar or ColumnType.Other => "TEXT",
        _ => "INTEGER",
    };

    private static string Listed(string[] names) => names.Length == 0 ? "(none)" : string.Join(", ", names);
}
