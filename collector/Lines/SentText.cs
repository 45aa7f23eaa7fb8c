using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Collector.Lines;

/// <summary>
/// Values that travel as they were sent, as text for people and for SQLite: an array is JSON (<c>[[1,2],[3,4]]</c>, null for what
/// is no number), anything else the text that stands in the line.
/// <code>
/// array  '=' 0x0E 0x0A dimensions (u32 × dimensions) (double × elements)        little endian
/// </code>
/// </summary>
public static class SentText
{
    private const byte BinaryDouble = 0x10;
    private const byte BinaryArray = 0x0E;
    private const byte Doubles = 10;

    /// <summary>QuestDB's own limit.</summary>
    public const int MaxDimensions = 32;

    /// <param name="value">As the line holds it, without the quotes of a string.</param>
    public static string Of(ValueKinds kind, ReadOnlySpan<byte> value)
    {
        if (kind == ValueKinds.Array)
        {
            var text = new StringBuilder();
            int dimensions = value[3];
            ReadOnlySpan<byte> elements = value[(4 + (dimensions * 4))..];
            Write(value.Slice(4, dimensions * 4), ref elements, text);
            return text.ToString();
        }

        if (kind == ValueKinds.Double && value is [(byte)'=', BinaryDouble, ..])
        {
            return BinaryPrimitives.ReadDoubleLittleEndian(value[2..]).ToString("R", CultureInfo.InvariantCulture);
        }

        if (kind == ValueKinds.Decimal && value is [(byte)'=', ..])
        {
            return Convert.ToHexStringLower(value); // no table that the collector makes has one
        }

        byte[] plain = new byte[value.Length];
        return Encoding.UTF8.GetString(plain, 0, LineText.Unescape(value, plain));
    }

    /// <summary>An array's JSON as it stands in a line, behind the name and its equals sign.</summary>
    /// <param name="dimensions">How many the column has.</param>
    /// <returns>Null where the text is no such array.</returns>
    public static byte[]? ToArray(string json, int dimensions)
    {
        uint?[] lengths = new uint?[dimensions];
        var elements = new List<double>();
        try
        {
            using var array = JsonDocument.Parse(json);
            if (dimensions is < 1 or > MaxDimensions || !Read(array.RootElement, 0, lengths, elements))
            {
                return null;
            }
        }
        catch (JsonException)
        {
            return null;
        }

        byte[] bytes = new byte[4 + (dimensions * 4) + (elements.Count * 8)];
        (bytes[0], bytes[1], bytes[2], bytes[3]) = ((byte)'=', BinaryArray, Doubles, (byte)dimensions);
        for (int i = 0; i < dimensions; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 + (i * 4)), lengths[i] ?? 0);
        }

        for (int i = 0; i < elements.Count; i++)
        {
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(4 + (dimensions * 4) + (i * 8)), elements[i]);
        }

        return bytes;
    }

    private static void Write(ReadOnlySpan<byte> lengths, ref ReadOnlySpan<byte> elements, StringBuilder text)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(lengths);
        text.Append('[');
        for (uint i = 0; i < length && !elements.IsEmpty; i++)
        {
            text.Append(i == 0 ? "" : ",");
            if (lengths.Length > 4)
            {
                Write(lengths[4..], ref elements, text);
                continue;
            }

            double element = BinaryPrimitives.ReadDoubleLittleEndian(elements);
            text.Append(double.IsFinite(element) ? element.ToString("R", CultureInfo.InvariantCulture) : "null");
            elements = elements[8..];
        }

        text.Append(']');
    }

    /// <summary>Every array of one dimension has the same length, or there is no such array.</summary>
    private static bool Read(JsonElement array, int dimension, uint?[] lengths, List<double> elements)
    {
        if (dimension == lengths.Length)
        {
            bool isNumber = array.ValueKind is JsonValueKind.Number or JsonValueKind.Null;
            elements.Add(array.ValueKind == JsonValueKind.Number ? array.GetDouble() : double.NaN);
            return isNumber;
        }

        if (array.ValueKind != JsonValueKind.Array || (lengths[dimension] ??= (uint)array.GetArrayLength()) != array.GetArrayLength())
        {
            return false;
        }

        foreach (JsonElement element in array.EnumerateArray())
        {
            if (!Read(element, dimension + 1, lengths, elements))
            {
                return false;
            }
        }

        return true;
    }
}
