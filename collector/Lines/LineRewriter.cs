using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Collector.Lines.Tables;

namespace Collector.Lines;

/// <summary>
/// Writes rows that a <see cref="LineReader"/> took in the one form in which the collector keeps them, which is
/// <see cref="LineWriter"/>'s: all keys first, in the table's order, as empty strings where the row left them out; then the
/// other symbols, the fields, and the time in nanoseconds. Doubles are eight bytes, needless escapes are gone. Values of a table
/// without a schema file stay as they were sent.
/// The buffer is rented with the first row and given back by <see cref="Clear"/>. Allocates nothing for a row. Not thread-safe.
/// </summary>
public sealed partial class LineRewriter
{
    private const int ValueRoom = Digits.Room + 1;
    private const int EndRoom = 64;
    private const int FirstRoom = 4096;

    private WrittenColumn[] _columns = [];
    private Literal _tableName;
    private ulong[] _symbols = [];
    private ulong[] _fields = [];
    private int _rowRoom;
    private byte[] _buffer = [];
    private int _at;
    private int _rowStart;
    private int _seriesEnd;
    private SecondText _second;

    public LineRewriter(Table table) => Adopt(table);

    public Table Table { get; private set; } = null!;

    /// <summary>Rows since the last <see cref="Clear"/>.</summary>
    public int Rows { get; private set; }

    /// <summary>The rows. Valid until the next one is added.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _at);

    public int Bytes => _at;

    /// <summary>Table and keys of the row last added: what tells its series apart.</summary>
    public ReadOnlySpan<byte> Series => _buffer.AsSpan(_rowStart, _seriesEnd - _rowStart);

    /// <summary>Goes on with the same table under a definition that has more columns. Rows written before stay as they are.</summary>
    public void Adopt(Table table)
    {
        Table = table;
        _tableName = new Literal(LineText.EscapedName(table.Name));
        _columns = [.. table.Columns.Select(column => new WrittenColumn(column, null, table.IsMade))];
        _symbols = ColumnSet.Of(table, column => column is { Type: ColumnType.Symbol, IsKey: false });
        _fields = ColumnSet.Of(table, column => column.Type != ColumnType.Symbol);
        _rowRoom = _tableName.Length + _columns.Sum(column => column.Prefix.Length + ValueRoom) + Literal.Room + EndRoom;
    }

    /// <summary>Forgets all rows and gives the buffer back.</summary>
    public void Clear()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        (_at, _rowStart, _seriesEnd, Rows) = (0, 0, 0, 0);
    }

    /// <summary>Takes back the row last added.</summary>
    public void TakeBack() => (_at, Rows) = (_rowStart, Rows - 1);

    /// <summary>Adds the row that <paramref name="row"/> has just read.</summary>
    /// <param name="row">A reader of this table, whose last status was <see cref="LineStatus.Row"/>.</param>
    public void Add(LineReader row)
    {
        _rowStart = _at;
        EnsureRoom(_rowRoom);
        _tableName.Write(ref Byte(_at));
        _at += _tableName.Length;
        if (row.IsAsSent)
        {
            AddSent(row);
            return;
        }

        foreach (Column key in Table.Keys)
        {
            Prefix(ref _columns[key.Ordinal]);
            if (row.Has(key))
            {
                Text(row, key, LineText.SpecialBare);
            }
        }

        _seriesEnd = _at;
        ReadOnlySpan<ulong> present = row.Present;
        Values(row, present, _symbols);
        int fields = _at;
        Values(row, present, _fields);
        if (fields == _seriesEnd && _at == fields && Table.Keys.Length == 0)
        {
            Nothing();
        }

        if (_at > fields)
        {
            Byte(fields) = (byte)' '; // each field began with a comma, and the first one stands behind a space
        }

        Byte(_at++) = (byte)' ';
        _at += _second.Write(row.Micros, _buffer.AsSpan(_at));
        Rows++;
    }

    private void Values(LineReader row, ReadOnlySpan<ulong> present, ulong[] wanted)
    {
        for (int word = 0; word < wanted.Length; word++)
        {
            for (ulong left = present[word] & wanted[word]; left != 0; left &= left - 1)
            {
                ref WrittenColumn column = ref _columns[(word << 6) + BitOperations.TrailingZeroCount(left)];
                Prefix(ref column);
                Value(row, column.Column);
            }
        }
    }

    private void Value(LineReader row, Column column)
    {
        switch (column.Type)
        {
            case ColumnType.Symbol:
                Text(row, column, LineText.SpecialBare);
                break;
            case ColumnType.Varchar:
                Byte(_at++) = (byte)'"';
                Text(row, column, LineText.SpecialQuoted);
                Byte(_at++) = (byte)'"';
                break;
            case ColumnType.Double:
                BinaryPrimitives.WriteDoubleLittleEndian(_buffer.AsSpan(_at), row.Double(column));
                _at += 8;
                break;
            case ColumnType.Other:
                Sent(row, column);
                break;
            case ColumnType.Boolean:
                Byte(_at++) = row.Boolean(column) ? (byte)'t' : (byte)'f';
                break;
            default:
                _at += Digits.Write(row.Long(column), ref Byte(_at));
                Byte(_at++) = column.Type == ColumnType.Long ? (byte)'i' : (byte)'t';
                break;
        }
    }

    /// <summary>A row of nothing but nulls has to name a column all the same.</summary>
    private void Nothing()
    {
        byte[] name = LineText.EscapedName(Table.Columns[0].Name);
        EnsureRoom(name.Length + _rowRoom);
        Byte(_at++) = (byte)',';
        name.CopyTo(_buffer, _at);
        _at += name.Length;
        Byte(_at++) = (byte)'=';
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefix(ref WrittenColumn column)
    {
        column.Prefix.Write(ref Byte(_at));
        _at += column.Prefix.Length;
    }

    private void Text(LineReader row, Column column, SearchValues<byte> special)
    {
        ReadOnlySpan<byte> text = row.Escaped(column);
        EnsureRoom((text.Length * 2) + _rowRoom);
        Span<byte> to = _buffer.AsSpan(_at);
        int length = text.Length;
        if (row.IsEscaped(column))
        {
            length = LineText.Unescape(text, to);
        }
        else
        {
            text.CopyTo(to);
        }

        _at += LineText.Escape(to, length, special);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Byte(int at) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_buffer), at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EnsureRoom(int room)
    {
        if (_buffer.Length - _at < room)
        {
            Grow(room);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int room)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(_buffer.Length * 2, _at + room), FirstRoom));
        _buffer.AsSpan(0, _at).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
