using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using Collector.Lines.Tables;

namespace Collector.Lines;

/// <content>One method a type. The overloads that take null write nothing for it: a reading that was not taken is absent.</content>
public sealed partial class LineWriter
{
    /// <summary>Writes a text, or a symbol that is not a key. Symbols come before all fields.</summary>
    /// <exception cref="InvalidOperationException">A field was written before, or the column is no free SYMBOL.</exception>
    public void Set(Column column, string? value)
    {
        if (value is null)
        {
            return;
        }

        ref WrittenColumn to = ref Of(column);
        if (to.Type == ColumnType.Symbol)
        {
            Mark(ref to);
            if (_at != _symbolsEnd)
            {
                Late(column);
            }

            _at = _symbolsEnd = Symbol(ref to, value, _at);
        }
        else
        {
            Varchar(ref to, value);
        }
    }

    public void Set(Column column, bool value)
    {
        ref WrittenColumn to = ref Of(column);
        Expect(to, ColumnType.Boolean);
        int at = Field(ref to);
        Byte(at) = value ? (byte)'t' : (byte)'f';
        _at = at + 1;
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
        ref WrittenColumn to = ref Of(column);
        Expect(to, ColumnType.Double);
        if (!double.IsFinite(value) || (value < 0 && column.IsCounter))
        {
            Refuse(column, value);
            return;
        }

        int at = Field(ref to);
        BinaryPrimitives.WriteDoubleLittleEndian(MemoryMarshal.CreateSpan(ref Byte(at), 8), value);
        _at = at + 8;
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
        ref WrittenColumn to = ref Of(column);
        if (to.Type == ColumnType.Double)
        {
            Set(column, (double)value);
            return;
        }

        Expect(to, ColumnType.Long);
        if (value < 0 && (value == long.MinValue || column.IsCounter))
        {
            Refuse(column, value);
            return;
        }

        Integer(ref to, value, (byte)'i');
        if (to.Counter is not null)
        {
            Increase(ref to, value);
        }
    }

    /// <summary>Writes a value of a type that is the database's own.</summary>
    /// <param name="value">As it stands in a line, see <see cref="SentText.ToArray"/>.</param>
    public void SetSent(Column column, ReadOnlySpan<byte> value)
    {
        ref WrittenColumn to = ref Of(column);
        Expect(to, ColumnType.Other);
        EnsureRoom(_at, value.Length + (2 * _rowRoom));
        int at = Field(ref to);
        value.CopyTo(_buffer.AsSpan(at));
        _at = at + value.Length;
    }

    public void Set(Column column, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            ref WrittenColumn to = ref Of(column);
            Expect(to, ColumnType.Timestamp);
            Integer(ref to, TimeWindow.Micros(time), (byte)'t');
        }
    }

    /// <summary>Writes a time in microseconds since 1970 UTC, which may be one that no calendar here reaches.</summary>
    public void SetMicros(Column column, long micros)
    {
        ref WrittenColumn to = ref Of(column);
        Expect(to, ColumnType.Timestamp);
        if (micros == long.MinValue)
        {
            Refuse(column, micros);
            return;
        }

        Integer(ref to, micros, (byte)'t');
    }

    /// <summary>Moves the counter's baseline. A row that is already taken back moves none: its keys may not even be whole.</summary>
    private void Increase(ref WrittenColumn counter, long value)
    {
        if (_fault is not null)
        {
            return;
        }

        CounterBaseline baseline = counter.Counter!.Of(_buffer.AsSpan(_rowStart, _seriesEnd - _rowStart));
        _advanced.Push((baseline, baseline.Value));
        if (baseline.Advance(value) is { } increase)
        {
            Integer(ref Of(counter.Column.Delta!), increase, (byte)'i');
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Integer(ref WrittenColumn column, long value, byte suffix)
    {
        int at = Field(ref column);
        at += Digits.Write(value, ref Byte(at));
        Byte(at) = suffix;
        _at = at + 1;
    }

    /// <returns>Where the symbol ends.</returns>
    private int Symbol(ref WrittenColumn column, string? value, int at)
    {
        column.Prefix.Write(ref Byte(at));
        at += column.Prefix.Length;
        int bytes = ShortText.Write(value, ref Byte(at));
        return bytes >= 0 ? at + bytes : Text(ref column, value!, LineText.SpecialBare, at);
    }

    private void Varchar(ref WrittenColumn column, string value)
    {
        Expect(column, ColumnType.Varchar);
        int at = Field(ref column);
        Byte(at) = (byte)'"';
        at = Text(ref column, value, LineText.SpecialQuoted, at + 1);
        Byte(at) = (byte)'"';
        _at = at + 1;
    }

    /// <returns>Where the text ends; where it was to begin when it is not taken, and neither will be the row.</returns>
    private int Text(ref WrittenColumn column, string value, SearchValues<byte> special, int at)
    {
        int limit = column.MaxBytes;
        if (value.Length > limit)
        {
            Fail(LineFaultKind.Value, column.Column, $"{column.Column} has {value.Length} characters; at most {limit} bytes are kept");
            return at;
        }

        // Three bytes a UTF-16 unit at the most, twice that when each is escaped.
        EnsureRoom(at, (value.Length * 6) + _rowRoom);
        if (Utf8.FromUtf16(value, _buffer.AsSpan(at), out _, out int bytes, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            Fail(LineFaultKind.Text, column.Column, $"{column.Column} holds half of a surrogate pair, which is no text");
            return at;
        }

        if (bytes > limit)
        {
            Fail(LineFaultKind.Value, column.Column, $"{column.Column} has {bytes} bytes; at most {limit} are kept");
            return at;
        }

        return at + LineText.Escape(_buffer.AsSpan(at), bytes, special);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Expect(in WrittenColumn column, ColumnType type)
    {
        if (column.Type != type)
        {
            WrongType(column.Column, type);
        }
    }

    // What always throws is not marked against inlining: the compiler then sees that nothing has to be kept over the call.
    // Messages are made out of line: their parts would have to be cleared on the stack at each call of a method that holds them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Refuse(Column column, double value) => Fail(LineFaultKind.Value, column, double.IsFinite(value)
        ? $"{column} is a counter and cannot be {value}"
        : $"{column} is {value}, which is no number that can be stored");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Refuse(Column column, long value) => Fail(LineFaultKind.Value, column, column.IsCounter
        ? $"{column} is a counter and cannot be {value}"
        : $"{column} is {value}, which QuestDB reads as null");

    [DoesNotReturn]
    private void Late(Column column) =>
        throw new InvalidOperationException($"{Table}.{column} is a SYMBOL and comes before all fields.");

    [DoesNotReturn]
    private void WrongType(Column column, ColumnType type) =>
        throw new InvalidOperationException($"{Table}.{column} is {column.TypeName}, not {type.ToString().ToUpperInvariant()}.");
}
