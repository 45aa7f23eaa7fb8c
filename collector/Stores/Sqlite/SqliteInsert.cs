using System.Diagnostics.CodeAnalysis;
using Collector.Lines;
using Collector.Lines.Tables;
using SQLitePCL;

namespace Collector.Stores.Sqlite;

/// <summary>
/// Puts rows of one table from line protocol into SQLite, a prepared statement run once a row. A row with the timestamp and
/// keys of another one takes its place, whole, as QuestDB's <c>DEDUP UPSERT KEYS</c> has it. Allocates nothing per row.
/// </summary>
internal sealed class SqliteInsert : IDisposable
{
    private readonly SqliteSession _session;
    private readonly LineReader _reader;
    private readonly sqlite3_stmt _statement;
    private byte[] _text = new byte[256];

    public SqliteInsert(SqliteSession session, Table table)
    {
        (_session, Table, _reader) = (session, table, new LineReader(table));
        string columns = string.Join(", ", table.Columns.Select(column => column.Name).Prepend(table.TimestampName).Select(SqliteSchema.Quoted));
        string values = string.Join(", ", Enumerable.Repeat("?", table.Columns.Length + 1));
        session.Check(raw.sqlite3_prepare_v2(session.Handle, $"INSERT OR REPLACE INTO {SqliteSchema.Quoted(table)} ({columns}) VALUES ({values})", out _statement));
    }

    public Table Table { get; }

    /// <summary>Inserts all rows.</summary>
    /// <returns>Null when all are in, else what is wrong with the first bad row; those before it are in.</returns>
    public LineFault? Run(ReadOnlyMemory<byte> lines)
    {
        // The rows were checked when they came; one that has grown old in the spool is stored all the same.
        _reader.Start(lines, new TimeWindow(0, long.MaxValue));
        while (true)
        {
            switch (_reader.Read())
            {
                case LineStatus.End:
                    return null;
                case LineStatus.Fault:
                    return _reader.Fault;
                default:
                    Row();
                    break;
            }
        }
    }

    public void Dispose() => _statement.Dispose();

    private void Row()
    {
        Bound(raw.sqlite3_bind_int64(_statement, 1, _reader.Micros));
        foreach (Column column in Table.Columns)
        {
            Bound(Bind(column, column.Ordinal + 2));
        }

        int code = raw.sqlite3_step(_statement);
        int reset = raw.sqlite3_reset(_statement);
        if (code != raw.SQLITE_DONE)
        {
            _session.Check(reset != raw.SQLITE_OK ? reset : code);
        }
    }

    private int Bind(Column column, int index)
    {
        if (!_reader.Has(column) && column.Type == ColumnType.Boolean)
        {
            return raw.sqlite3_bind_int64(_statement, index, 0); // as QuestDB reads it: it has no null BOOLEAN
        }

        if (!_reader.Has(column))
        {
            return column.IsKey ? raw.sqlite3_bind_text(_statement, index, "") : raw.sqlite3_bind_null(_statement, index);
        }

        return column.Type switch
        {
            ColumnType.Boolean => raw.sqlite3_bind_int64(_statement, index, _reader.Boolean(column) ? 1 : 0),
            ColumnType.Double => raw.sqlite3_bind_double(_statement, index, _reader.Double(column)),
            ColumnType.Long or ColumnType.Timestamp => raw.sqlite3_bind_int64(_statement, index, _reader.Long(column)),
            ColumnType.Other => raw.sqlite3_bind_text(_statement, index, SentText.Of(_reader.SentKind(column), _reader.Escaped(column))),
            _ => BindText(_reader.Escaped(column), index),
        };
    }

    private int BindText(ReadOnlySpan<byte> text, int index)
    {
        if (text.IsEmpty)
        {
            // An empty span is a null pointer to SQLite, and that is NULL.
            return raw.sqlite3_bind_text(_statement, index, "");
        }

        if (!text.Contains((byte)'\\'))
        {
            return raw.sqlite3_bind_text(_statement, index, text);
        }

        if (_text.Length < text.Length)
        {
            _text = new byte[text.Length * 2];
        }

        return raw.sqlite3_bind_text(_statement, index, _text.AsSpan(0, LineText.Unescape(text, _text)));
    }

    [SuppressMessage("Style", "IDE0022", Justification = "A guard, not a value.")]
    private void Bound(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            _session.Check(code);
        }
    }
}
