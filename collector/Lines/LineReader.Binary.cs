using System.Buffers.Binary;
using Collector.Lines.Tables;

namespace Collector.Lines;

/// <content>Binary values, whose length their first bytes tell.</content>
public sealed partial class LineReader
{
    private const byte BinaryDouble = 0x10;
    private const byte BinaryArray = 0x0E;
    private const byte BinaryDecimal = 0x17;

    private bool Binary(ReadOnlySpan<byte> data, Column? column)
    {
        int start = _at + 1;
        byte type = start < data.Length ? data[start] : (byte)0;
        if (type == BinaryDouble && data.Length - start >= 9)
        {
            _at = start + 9;
            double value = BinaryPrimitives.ReadDoubleLittleEndian(data[(start + 1)..]);
            if (StaysAsSent(column))
            {
                Sent(ValueKinds.Double, column, data, start - 1, _at, double.IsFinite(value) ? null : $"is {value}, which is no number that can be stored");
            }
            else
            {
                SetDouble(column, value, start);
            }
        }
        else if (type == BinaryArray && ArrayLength(data[start..]) is { } length)
        {
            _at = start + length;
            SetOpaque(ValueKinds.Array, column, data, start - 1);
        }
        else if (type == BinaryDecimal && DecimalLength(data[start..]) is { } decimals)
        {
            _at = start + decimals;
            SetOpaque(ValueKinds.Decimal, column, data, start - 1);
        }
        else
        {
            return Framing(data, start, type is BinaryDouble or BinaryArray or BinaryDecimal ? "the data ends within a binary value" : $"the binary type {type} is not known; known are 16 (double), 14 (array) and 23 (decimal)");
        }

        return (_at < data.Length && !IsEnd(data[_at]))
            ? Syntax(LineFaultKind.Syntax, _at, "a comma, a space or the line's end has to follow a binary value")
            : true;
    }

    /// <summary>A value that only its own column understands, from its equals sign to <see cref="_at"/>.</summary>
    private void SetOpaque(ValueKinds kind, Column? column, ReadOnlySpan<byte> data, int start)
    {
        if (StaysAsSent(column) || (column is null && kind == ValueKinds.Array))
        {
            Sent(kind, column, data, start, _at);
        }
        else
        {
            WrongType(column, start + 1, Casts.Name(kind));
        }
    }

    /// <summary>Bytes of an array from its type byte on; null where it does not fit the data.</summary>
    private static int? ArrayLength(ReadOnlySpan<byte> array)
    {
        // 0x0E, element type (10 = double), dimensions, a u32 length for each, the elements.
        if (array.Length < 3 || array[1] != 10 || array.Length < 3 + (array[2] * 4))
        {
            return null;
        }

        long bytes = 8;
        for (int i = 0; i < array[2]; i++)
        {
            bytes *= BinaryPrimitives.ReadUInt32LittleEndian(array[(3 + (i * 4))..]);
            if (bytes > array.Length)
            {
                return null;
            }
        }

        long total = 3 + (array[2] * 4) + bytes;
        return total <= array.Length ? (int)total : null;
    }

    /// <summary>Bytes of a decimal from its type byte on; null where it does not fit the data.</summary>
    private static int? DecimalLength(ReadOnlySpan<byte> value)
    {
        // 0x17, scale, the length in bytes of what follows.
        return value.Length >= 3 && value.Length - 3 >= value[2] ? 3 + value[2] : null;
    }
}
