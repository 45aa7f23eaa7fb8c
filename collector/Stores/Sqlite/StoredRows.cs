using System.Globalization;
using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;
using Microsoft.Data.Sqlite;

namespace Collector.Stores.Sqlite;

/// <summary>Rows of one table on their way out of a SQLite file: one is in memory at a time.</summary>
public sealed class StoredRows : IDisposable
{
    /// <summary>Behind the row's number and its time.</summary>
    private const int FirstColumn = 2;

    private readonly Table _table;
    private readonly Column[] _inOrder;
    private readonly string?[] _keys;
    private readonly SqliteCommand _command;
    private readonly SqliteDataReader _row;

    public StoredRows(Table table, SqliteCommand command)
    {
        (_table, _command) = (table, command);
        _keys = new string?[table.Keys.Length];
        // Symbols come before all fields (LineWriter).
        _inOrder = [.. table.Columns.Where(column => !column.IsKey).OrderBy(column => column.Type != ColumnType.Symbol)];
        _row = command.ExecuteReader();
    }

    /// <summary>The row's time, in microseconds since 1970 UTC.</summary>
    public long Micros => _row.GetInt64(1);

    /// <summary>The row's number in the file; 0 in a table with keys, whose rows have none.</summary>
    public long Id => _row.GetInt64(0);

    /// <summary>The row's name for people: its number in the file, or its time and keys where the table has keys.</summary>
    public string Name => _keys.Length == 0
        ? RowId(Id)
        : $"{TimeWindow.Text(Micros)} {string.Join(", ", _table.Keys.Select(key => $"{key}={_row.GetValue(FirstColumn + key.Ordinal)}"))}";

    /// <summary>The same for a row that was written: its line begins with table and keys, up to the first bare space.</summary>
    public static string NameOf(Table table, long id, long micros, ReadOnlySpan<byte> line)
    {
        int end = 0;
        while (end < line.Length && line[end] != ' ')
        {
            end += line[end] == '\\' ? 2 : 1;
        }

        return table.Keys.Length == 0 ? RowId(id) : $"{TimeWindow.Text(micros)} {Encoding.UTF8.GetString(line[..Math.Min(end, line.Length)])}";
    }

    public bool Read() => _row.Read();

    /// <summary>Writes the row as it stands: counters, and their increase beside them, are given values like all others.</summary>
    /// <param name="writer">A writer of the same table, without baselines.</param>
    /// <returns>Null when the row stands; else why it does not.</returns>
    public LineFault? Write(LineWriter writer)
    {
        LineFault? fault = null;
        for (int i = 0; i < _keys.Length; i++)
        {
            _keys[i] = Text(_table.Keys[i], ref fault);
        }

        writer.Begin(_keys);
        foreach (Column column in _inOrder)
        {
            Set(writer, column, ref fault);
        }

        return fault ?? writer.End(Micros); // a row that is not ended is taken back by what comes next
    }

    public void Dispose()
    {
        _row.Dispose();
        _command.Dispose();
    }

    private void Set(LineWriter writer, Column column, ref LineFault? fault)
    {
        switch (column.Type, _row.GetValue(FirstColumn + column.Ordinal))
        {
            case (_, DBNull):
                break;
            case (ColumnType.Boolean, long value and (0 or 1)):
                writer.Set(column, value == 1);
                break;
            case (ColumnType.Double, double value):
                writer.Set(column, value);
                break;
            case (ColumnType.Long, long value):
                writer.Set(column, value);
                break;
            case (ColumnType.Timestamp, long value):
                writer.SetMicros(column, value);
                break;
            case (ColumnType.Symbol or ColumnType.Varchar, string value):
                writer.Set(column, value);
                break;
            case (ColumnType.Other, string value) when SentText.ToArray(value, Casts.Dimensions(column)) is { } array:
                writer.SetSent(column, array);
                break;
            case (_, var other):
                fault ??= Wrong(column, other);
                break;
        }
    }

    private static string RowId(long id) => string.Create(CultureInfo.InvariantCulture, $"rowid {id}");

    private string? Text(Column key, ref LineFault? fault)
    {
        object value = _row.GetValue(FirstColumn + key.Ordinal);
        if (value is not (string or DBNull))
        {
            fault ??= Wrong(key, value);
        }

        return value as string;
    }

    /// <summary>A file that something else than the collector has written to: SQLite itself keeps the types of its tables.</summary>
    private static LineFault Wrong(Column column, object value) =>
        new(LineFaultKind.Type, column.Name, string.Create(CultureInfo.InvariantCulture, $"{column} is {column.TypeName} and the file holds {value}"));
}
