using System.Buffers;
using System.Text;

namespace Demo.Catalog;

/// <summary>
/// Apache Thrift's compact protocol (doc/specs/thrift-compact-protocol.md of Thrift), as far as Parquet's metadata need it.
/// A struct is its fields in ascending order and a stop byte; a field is one byte, the distance from the last field's number
/// and the type; integers are zigzag varints.
/// </summary>
internal sealed class CompactWriter(IBufferWriter<byte> output)
{
    private const byte True = 1;
    private const byte I32 = 5;
    private const byte I64 = 6;
    private const byte Binary = 8;
    private const byte List = 9;
    private const byte Structure = 12;

    private readonly Stack<int> _outer = [];
    private int _last;

    public void Int(int field, int value)
    {
        Field(field, I32);
        Varint(ZigZag(value));
    }

    public void Long(int field, long value)
    {
        Field(field, I64);
        Varint(ZigZag(value));
    }

    public void Yes(int field) => Field(field, True);

    public void Text(int field, string value)
    {
        Field(field, Binary);
        Bytes(value);
    }

    /// <summary>A list of one integer.</summary>
    public void Ints(int field, int value)
    {
        ListOf(field, 1, I32);
        Varint(ZigZag(value));
    }

    /// <summary>A list of one text.</summary>
    public void Texts(int field, string value)
    {
        ListOf(field, 1, Binary);
        Bytes(value);
    }

    public void Struct(int field, Action fields)
    {
        Field(field, Structure);
        Nested(fields);
    }

    public void Structs<T>(int field, IReadOnlyCollection<T> items, Action<T> fields)
    {
        ListOf(field, items.Count, Structure);
        foreach (T item in items)
        {
            Nested(() => fields(item));
        }
    }

    /// <summary>The end of the outermost struct.</summary>
    public void Stop()
    {
        Byte(0);
        _last = 0;
    }

    private void Nested(Action fields)
    {
        _outer.Push(_last);
        _last = 0;
        fields();
        Stop();
        _last = _outer.Pop();
    }

    private void ListOf(int field, int count, byte type)
    {
        Field(field, List);
        if (count < 15)
        {
            Byte((byte)(count << 4 | type));
            return;
        }

        Byte((byte)(0xF0 | type));
        Varint((ulong)count);
    }

    /// <summary>Parquet's fields are never more than 15 apart, so the short form is enough.</summary>
    private void Field(int field, byte type)
    {
        Byte((byte)(field - _last << 4 | type));
        _last = field;
    }

    private void Bytes(string value)
    {
        Varint((ulong)Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, output);
    }

    private void Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }

        Byte((byte)value);
    }

    private void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private static ulong ZigZag(long value) => (ulong)(value << 1 ^ value >> 63);
}
