using System.Buffers;
using System.Text.Unicode;
using Collector.Lines.Tables;

namespace Collector.Lines;

/// <content>The grammar: finds where each part ends. A fault of meaning is noted and reading goes on; one of grammar resyncs.</content>
public sealed partial class LineReader
{
    private static readonly SearchValues<byte> BareStop = SearchValues.Create(" ,=\\\n\r\0"u8);
    private static readonly SearchValues<byte> ValueStop = SearchValues.Create(" ,\n\r\\"u8);
    private static readonly SearchValues<byte> StringEnd = SearchValues.Create("\"\\\n"u8);

    /// <summary>Reads one row from <see cref="_at"/>, and leaves <see cref="_at"/> behind it.</summary>
    private void ReadRow(ReadOnlySpan<byte> data)
    {
        (Micros, Nanos) = (0, 0);
        if (TableName(data) && Tags(data) && Fields(data))
        {
            End(data);
        }
        else if (Fault!.Kind != LineFaultKind.Framing)
        {
            Resync(data);
        }
    }

    private bool TableName(ReadOnlySpan<byte> data)
    {
        int end = _at + _tableName.Length;
        if (data[_at..].StartsWith(_tableName) && (end == data.Length || IsEnd(data[end])))
        {
            _at = end;
            return true;
        }

        if (!BareEnd(data, _at, out end, out _))
        {
            return false;
        }

        if (!data[_at..end].SequenceEqual(_tableAlias))
        {
            string name = ForeignText.Name(data[_at..end]);
            if (!NameComparer.Instance.Equals(name, Table.Name) || !Utf8.IsValid(data[_at..end]))
            {
                return Syntax(LineFaultKind.Table, _at, $"expected a row of {Table}, found the table name {ForeignText.Show(name)}");
            }

            _tableAlias = data[_at..end].ToArray();
        }

        _at = end;
        return true;
    }

    private bool Tags(ReadOnlySpan<byte> data)
    {
        while (_at < data.Length && data[_at] == (byte)',')
        {
            _at++;
            if (_at >= data.Length || IsEnd(data[_at], comma: false))
            {
                return true;
            }

            if (!Name(data, out Column? column) || !BareEnd(data, _at, out int end, out bool escaped))
            {
                return false;
            }

            if (end < data.Length && data[end] == (byte)'=')
            {
                return Syntax(LineFaultKind.Syntax, end, "an equals sign within a tag's value has to be escaped");
            }

            SetTag(column, data, _at, end, escaped);
            _at = end;
            _tagged = true;
        }

        return true;
    }

    private bool Fields(ReadOnlySpan<byte> data)
    {
        if (_at >= data.Length || data[_at] != (byte)' ')
        {
            return HasTag(_at);
        }

        if (IsTimestamp(data, _at + 1))
        {
            // Where fields might have been, an empty list of them has a space of its own.
            _at += _at + 1 < data.Length && data[_at + 1] == (byte)' ' ? 1 : 0;
            return HasTag(_at);
        }

        do
        {
            _at++;
            if (_at >= data.Length || IsEnd(data[_at], comma: false))
            {
                return true;
            }

            if (!Name(data, out Column? column) || !FieldValue(data, column))
            {
                return false;
            }
        }
        while (_at < data.Length && data[_at] == (byte)',');
        return true;
    }

    private bool HasTag(int at) => _tagged || Syntax(LineFaultKind.Syntax, at, "the row has neither a tag nor a field");

    /// <summary>A row of tags alone goes from them to its time: digits and an optional letter, no equals sign, and no escape, which only a name has.</summary>
    private static bool IsTimestamp(ReadOnlySpan<byte> data, int at)
    {
        if (at < data.Length && !IsEnd(data[at]) && data[at] != (byte)'-' && !char.IsAsciiDigit((char)data[at]))
        {
            return false;
        }

        int length = data[at..].IndexOfAny(ValueStop);
        ReadOnlySpan<byte> word = length < 0 ? data[at..] : data.Slice(at, length);
        return !word.Contains((byte)'=') && (length < 0 || data[at + length] != (byte)'\\');
    }

    /// <summary>Reads <c>name=</c>. The column is null where the table has none of that name, which is a fault already noted.</summary>
    private bool Name(ReadOnlySpan<byte> data, out Column? column)
    {
        // Rows of one writer name their columns in one order: try what came behind this column last time, and what then.
        int guess = _next[_last + 1];
        for (int tries = 0; tries < 2 && guess >= 0; tries++)
        {
            byte[] name = _names[guess];
            if (data[_at..].StartsWith(name))
            {
                column = Table.Columns[guess];
                _at += name.Length;
                _last = guess;
                return true;
            }

            guess = _next[guess + 1];
        }

        return UnexpectedName(data, out column);
    }

    private bool UnexpectedName(ReadOnlySpan<byte> data, out Column? column)
    {
        column = null;
        if (!BareEnd(data, _at, out int end, out _))
        {
            return false;
        }

        if (end >= data.Length || data[end] != (byte)'=')
        {
            return Syntax(LineFaultKind.Syntax, _at, $"expected name=value, found {ForeignText.Show(data[_at..end])}");
        }

        if (end == _at)
        {
            return Syntax(LineFaultKind.Syntax, _at, "a name is missing before the equals sign");
        }

        if (!_byName.TryGet(data[_at..end], out column))
        {
            NoteUnknownColumn(data[_at..end]);
        }
        else
        {
            _next[_last + 1] = column.Ordinal;
            _last = column.Ordinal;
        }

        _at = end + 1;
        return true;
    }

    /// <summary>A name that the table lacks: a fault, or a column that could be made (<see cref="Unknown"/>).</summary>
    private void NoteUnknownColumn(ReadOnlySpan<byte> escaped)
    {
        _unknownColumn = null;
        if (_at - _rowStart > MaxRowBytes)
        {
            return; // the row is too long, and its columns need not be remembered to say so
        }

        string name = ForeignText.Name(escaped);
        if (NameComparer.Instance.Equals(name, Table.TimestampName))
        {
            Fail(LineFaultKind.Column, name, _at, $"the designated timestamp {name} stands at the end of the line, not among the fields");
        }
        else if (Unknown is null)
        {
            Fail(LineFaultKind.Column, name, _at, $"the table {Table} has no column {ForeignText.Show(name)}");
        }
        else if (!Utf8.IsValid(escaped) || Names.ColumnProblem(name) is not null)
        {
            Fail(LineFaultKind.Column, name, _at, $"{ForeignText.Show(name)} cannot name a column: {(Utf8.IsValid(escaped) ? Names.ColumnProblem(name) : "it is not valid UTF-8")}");
        }
        else
        {
            _unknownColumn = name;
        }
    }

    private bool FieldValue(ReadOnlySpan<byte> data, Column? column)
    {
        int start = _at;
        if (start < data.Length && data[start] == (byte)'"')
        {
            return String(data, column);
        }

        if (start < data.Length && data[start] == (byte)'=')
        {
            return Binary(data, column);
        }

        int length = data[start..].IndexOfAny(ValueStop);
        int end = length < 0 ? data.Length : start + length;
        if (end < data.Length && data[end] == (byte)'\\')
        {
            return Syntax(LineFaultKind.Syntax, end, "a backslash has no place in a value without quotes");
        }

        _at = end;
        if (StaysAsSent(column))
        {
            SentBare(column, data, start, end);
        }
        else
        {
            SetBare(column, data[start..end], start);
        }

        return true;
    }

    private bool String(ReadOnlySpan<byte> data, Column? column)
    {
        int start = _at + 1;
        bool escaped = false;
        for (int at = start; at < data.Length;)
        {
            int skip = data[at..].IndexOfAny(StringEnd);
            if (skip < 0)
            {
                break;
            }

            at += skip;
            switch (data[at])
            {
                case (byte)'\\':
                    escaped = true;
                    at += 2;
                    break;
                case (byte)'"':
                    _at = at + 1;
                    if (_at < data.Length && !IsEnd(data[_at]))
                    {
                        return Syntax(LineFaultKind.Syntax, _at, "a comma, a space or the line's end has to follow the closing quote");
                    }

                    SetString(column, data, start, at, escaped);
                    return true;
                default:
                    _at = at;
                    return Syntax(LineFaultKind.Syntax, at, "a newline within a string has to be escaped by a backslash");
            }
        }

        return Framing(data, start - 1, "the string is not closed");
    }

    private void End(ReadOnlySpan<byte> data)
    {
        if (_at < data.Length && !IsEnd(data[_at], comma: false))
        {
            Syntax(LineFaultKind.Syntax, _at, $"expected a space or the line's end, found {ForeignText.Show(data.Slice(_at, 1))}");
            Resync(data);
            return;
        }

        if (_at < data.Length && data[_at] == (byte)' ')
        {
            int start = ++_at;
            int length = data[start..].IndexOfAny((byte)'\n', (byte)'\r');
            _at = length < 0 ? data.Length : start + length;
            SetTime(data[start.._at], start);
        }
        else
        {
            SetTime([], _at);
        }

        EndLine(data);
    }

    /// <summary>Goes behind the line's end, which may be two bytes.</summary>
    private void EndLine(ReadOnlySpan<byte> data)
    {
        if (_at < data.Length)
        {
            _at += data[_at] == (byte)'\r' && _at + 1 < data.Length && data[_at + 1] == (byte)'\n' ? 2 : 1;
        }
    }

    private static bool IsEnd(byte value, bool comma = true) =>
        value is (byte)' ' or (byte)'\n' or (byte)'\r' || (comma && value == (byte)',');

    /// <summary>Where a bare name or value ends: at the first special byte that no backslash stands before.</summary>
    private bool BareEnd(ReadOnlySpan<byte> data, int at, out int end, out bool escaped)
    {
        escaped = false;
        while (true)
        {
            int skip = data[at..].IndexOfAny(BareStop);
            end = skip < 0 ? data.Length : at + skip;
            if (skip < 0 || data[end] is not ((byte)'\\' or 0))
            {
                return true;
            }

            if (data[end] == 0)
            {
                return Syntax(LineFaultKind.Syntax, end, "a NUL outside quotes has to be escaped");
            }

            if (end + 1 >= data.Length)
            {
                return Syntax(LineFaultKind.Syntax, end, "the data ends behind a backslash");
            }

            escaped = true;
            at = end + 2;
        }
    }

    private bool Syntax(LineFaultKind kind, int at, string message)
    {
        Fail(kind, "", at, message);
        return false;
    }

    /// <summary>Everything from this row on is one piece that cannot be told apart.</summary>
    private bool Framing(ReadOnlySpan<byte> data, int at, string message)
    {
        Fault = new LineFault(LineFaultKind.Framing, "", $"{message}; nothing behind it can be read", Line, at - _rowStart + 1);
        _at = data.Length;
        return false;
    }

    /// <summary>How many bytes the table's name has with which a row begins, its escapes included.</summary>
    public static int TableNameLength(ReadOnlySpan<byte> row)
    {
        int at = 0;
        while (at < row.Length)
        {
            int skip = row[at..].IndexOfAny(BareStop);
            if (skip < 0)
            {
                return row.Length;
            }

            at += skip;
            if (row[at] != (byte)'\\')
            {
                return at;
            }

            at += 2;
        }

        return row.Length;
    }
}
