using Collector.Lines.Tables;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Collector.Stores.Sqlite;

/// <summary>An open database file with its prepared statements. Used by one thread at a time; thrown away after an error.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteInsert> _inserts = new(NameComparer.Instance);

    /// <param name="readOnly">Nothing is changed, and a file that is not there is not made.</param>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public SqliteSession(SqliteOptions options, bool readOnly = false)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Pooling = false,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
        };
        _connection = new SqliteConnection(text.ToString());
        try
        {
            _connection.Open();
            Execute($"PRAGMA busy_timeout = {(int)options.BusyTimeout.TotalMilliseconds}");
            if (!readOnly)
            {
                Execute("PRAGMA journal_mode = WAL");
                Execute($"PRAGMA synchronous = {(options.Synchronous ?? SqliteSynchronous.Full).ToString().ToUpperInvariant()}");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public sqlite3 Handle => _connection.Handle!;

    /// <summary>Runs statements that answer nothing of interest.</summary>
    /// <exception cref="SqliteException">SQLite refuses one.</exception>
    public void Execute(string sql) => Check(raw.sqlite3_exec(Handle, sql));

    public SqliteCommand Command(string sql)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the collector's own; names in them come from checked schema files and are quoted.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(Handle);

    public SqliteInsert InsertInto(Collector.Lines.Tables.Table table)
    {
        if (!_inserts.TryGetValue(table.Name, out SqliteInsert? insert) || insert.Table != table)
        {
            insert?.Dispose();
            _inserts[table.Name] = insert = new SqliteInsert(this, table);
        }

        return insert;
    }

    /// <exception cref="SqliteException">The code is an error.</exception>
    public void Check(int code) => SqliteException.ThrowExceptionForRC(code, Handle);

    public void Dispose()
    {
        foreach (SqliteInsert insert in _inserts.Values)
        {
            insert.Dispose();
        }

        _connection.Dispose();
    }
}
