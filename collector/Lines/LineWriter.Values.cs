using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Unicode;
using Collector.Tables;

namespace Collector.Lines;

/// <content>One method a type. The overloads that take null write nothing for it: a reading that was not taken is absent.</content>
internal sealed partial class LineWriter
{
    /// <summary>Writes a symbol that is not a key. Symbols come before all fields.</summary>
    /// <exception cref="InvalidOperationException">A field was written before, or the column is no free SYMBOL.</exception>
    public void Set(Column column, string? value)
    {
        if (value is null)
        {
            return;
        }

        if (column.Type == ColumnType.Symbol)
        {
            Symbol(column, value);
        }
        else
        {
            Varchar(column, value);
        }
    }

    public void Set(Column column, bool value)
    {
        Expect(column, ColumnType.Boolean);
        Prefix(column, field: true, room: 1);
        _buffer[_at++] = value ? (byte)'t' : (byte)'f';
    }

    public void Set(Column column, double? value)
    {
        if (value is { } number)
        {
            Set(column, number);
        }
    }

    /// <summary>Writes a number. NaN and the infinities take the row back: QuestDB would store them as null.</summary>
    public void Set(Column column, double value)
    {
        Expect(column, ColumnType.Double);
        if (!double.IsFinite(value))
        {
            Fail(LineFaultKind.Value, column, $"{column} is {value}, which is no number that can be stored");
            return;
        }

        if (value < 0 && column.IsCounter)
        {
            Fail(LineFaultKind.Value, column, $"{column} is a counter and cannot be {value}");
            return;
        }

        Prefix(column, field: true, room: 8);
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.AsSpan(_at), value);
        _at += 8;
    }

    public void Set(Column column, long? value)
    {
        if (value is { } number)
        {
            Set(column, number);
        }
    }

    /// <summary>
    /// Writes a whole number, and behind a counter its increase. <see cref="long.MinValue"/> takes the row back: it is
    /// QuestDB's null.
    /// </summary>
    public void Set(Column column, long value)
    {
        if (column.Type == ColumnType.Double)
        {
            Set(column, (double)value);
            return;
        }

        Expect(column, ColumnType.Long);
        if (value < 0 && (column.IsCounter || value == long.MinValue))
        {
            Fail(LineFaultKind.Value, column, column.IsCounter ? $"{column} is a counter and cannot be {value}" : $"{column} is {value}, which QuestDB reads as null");
            return;
        }

        Integer(column, value, (byte)'i');
        if (_counters[column.Ordinal] is { } counter)
        {
            CounterBaseline baseline = counter.Of(_buffer.AsSpan(_rowStart, _seriesEnd - _rowStart));
            _advanced.Push((baseline, baseline.Value));
            if (baseline.Advance(value) is { } increase)
            {
                Integer(column.Delta!, increase, (byte)'i');
            }
        }
    }

    public void Set(Column column, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            Expect(column, ColumnType.Timestamp);
            Integer(column, TimeWindow.Micros(time), (byte)'t');
        }
    }

    private void Integer(Column column, long value, byte suffix)
    {
        Prefix(column, field: true, room: 21);
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_at), out int digits);
        _at += digits;
        _buffer[_at++] = suffix;
    }

    private void Symbol(Column column, string? value)
    {
        if (_fields)
        {
            throw new InvalidOperationException($"{Table}.{column} is a SYMBOL and comes before all fields.");
        }

        Prefix(column, field: false, room: 0);
        Text(column, value, LineText.SpecialBare);
    }

    private void Varchar(Column column, string value)
    {
        Expect(column, ColumnType.Varchar);
        Prefix(column, field: true, room: 1);
        _buffer[_at++] = (byte)'"';
        Text(column, value, LineText.SpecialQuoted);
        EnsureRoom(1);
        _buffer[_at++] = (byte)'"';
    }

    private void Text(Column column, ReadOnlySpan<char> value, SearchValues<byte> special)
    {
        int limit = LineLimits.MaxBytes(column);
        if (value.Length > limit)
        {
            Fail(LineFaultKind.Value, column, $"{column} has {value.Length} characters; at most {limit} bytes are kept");
            return;
        }

        // Three bytes a UTF-16 unit at the most, twice that when each is escaped.
        EnsureRoom(value.Length * 6);
        if (Utf8.FromUtf16(value, _buffer.AsSpan(_at), out _, out int bytes, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            Fail(LineFaultKind.Text, column, $"{column} holds half of a surrogate pair, which is no text");
            return;
        }

        if (bytes > limit)
        {
            Fail(LineFaultKind.Value, column, $"{column} has {bytes} bytes; at most {limit} are kept");
            return;
        }

        _at += LineText.Escape(_buffer.AsSpan(_at), bytes, special);
    }

    private void Expect(Column column, ColumnType type)
    {
        if (column.Type != type)
        {
            throw new InvalidOperationException($"{Table}.{column} is {column.Type.ToString().ToUpperInvariant()}, not {type.ToString().ToUpperInvariant()}.");
        }
    }
}
