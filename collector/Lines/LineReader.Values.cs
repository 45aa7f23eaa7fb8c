using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Collector.Tables;

namespace Collector.Lines;

/// <content>The meaning: turns what the grammar found into the column's type, with the casts QuestDB makes.</content>
internal sealed partial class LineReader
{
    private void SetTag(Column? column, ReadOnlySpan<byte> data, int start, int end, bool escaped)
    {
        if (column?.Type is ColumnType.Symbol or ColumnType.Varchar)
        {
            SetText(column, data, start, end, escaped);
        }
        else
        {
            WrongType(column, start, "a tag");
        }
    }

    private void SetString(Column? column, ReadOnlySpan<byte> data, int start, int end, bool escaped)
    {
        if (column?.Type is ColumnType.Symbol or ColumnType.Varchar)
        {
            SetText(column, data, start, end, escaped);
        }
        else
        {
            WrongType(column, start, "a string");
        }
    }

    private void SetText(Column column, ReadOnlySpan<byte> data, int start, int end, bool escaped)
    {
        ReadOnlySpan<byte> text = data[start..end];
        int limit = LineLimits.MaxBytes(column);
        if (text.Length > limit && text.Length - (escaped ? text.Count((byte)'\\') : 0) > limit)
        {
            Fail(LineFaultKind.Value, column.Name, start, $"{column} has {text.Length} bytes; at most {limit} are kept");
        }
        else if (!Utf8.IsValid(text))
        {
            Fail(LineFaultKind.Text, column.Name, start, $"{column} is not valid UTF-8");
        }
        else
        {
            Set(column, new Value(escaped ? 1 : 0, start, end - start));
        }
    }

    /// <summary>A value without quotes: boolean, integer, double, timestamp, or nothing, which is null.</summary>
    private void SetBare(Column? column, ReadOnlySpan<byte> text, int start)
    {
        if (text.IsEmpty)
        {
            return;
        }

        if (text[^1] is (byte)'i' or (byte)'t' or (byte)'n' && Integer(text[..^1], out long number))
        {
            SetInteger(column, number, text[^1], start);
        }
        else if (Boolean(text) is { } flag)
        {
            SetFlag(column, flag, start);
        }
        else if (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value))
        {
            SetDouble(column, value, start);
        }
        else
        {
            Fail(LineFaultKind.Value, column?.Name ?? "", start, $"{Shown(text)} is no value: text wants quotes, an integer ends in i, a timestamp in t or n");
        }
    }

    private void SetInteger(Column? column, long number, byte suffix, int start)
    {
        switch (column?.Type, suffix)
        {
            case (ColumnType.Long, (byte)'i') when number == long.MinValue || (number < 0 && column.IsCounter):
                Fail(LineFaultKind.Value, column.Name, start, column.IsCounter ? $"{column} is a counter and cannot be {number}" : $"{column} is {number}, which QuestDB reads as null");
                break;
            case (ColumnType.Long, (byte)'i'):
            case (ColumnType.Timestamp, (byte)'i' or (byte)'t') when number != long.MinValue:
                Set(column, new Value(number, 0, 0));
                break;
            case (ColumnType.Timestamp, (byte)'n'):
                Set(column, new Value(number / 1000, 0, 0));
                break;
            case (ColumnType.Double, (byte)'i'):
                SetDouble(column, number, start);
                break;
            default:
                WrongType(column, start, suffix == (byte)'i' ? "an integer" : "a timestamp");
                break;
        }
    }

    private void SetFlag(Column? column, bool flag, int start)
    {
        switch (column?.Type)
        {
            case ColumnType.Boolean:
            case ColumnType.Long:
                Set(column, new Value(flag ? 1 : 0, 0, 0));
                break;
            case ColumnType.Double:
                Set(column, new Value(BitConverter.DoubleToInt64Bits(flag ? 1 : 0), 0, 0));
                break;
            default:
                WrongType(column, start, "a boolean");
                break;
        }
    }

    private void SetDouble(Column? column, double value, int start)
    {
        if (column?.Type != ColumnType.Double)
        {
            WrongType(column, start, "a double");
        }
        else if (!double.IsFinite(value))
        {
            Fail(LineFaultKind.Value, column.Name, start, $"{column} is {value}, which is no number that can be stored");
        }
        else if (value < 0 && column.IsCounter)
        {
            Fail(LineFaultKind.Value, column.Name, start, $"{column} is a counter and cannot be {value}");
        }
        else
        {
            Set(column, new Value(BitConverter.DoubleToInt64Bits(value), 0, 0));
        }
    }

    private void SetTime(ReadOnlySpan<byte> text, int start)
    {
        if (text.IsEmpty)
        {
            Micros = ArrivalMicros ?? 0;
            if (ArrivalMicros is null)
            {
                Fail(LineFaultKind.Timestamp, Table.TimestampName, start, "the row has no timestamp");
            }

            return;
        }

        Precision precision = text[^1] switch
        {
            (byte)'t' => Precision.Microseconds,
            (byte)'n' => Precision.Nanoseconds,
            _ => Precision,
        };
        ReadOnlySpan<byte> digits = text[^1] is (byte)'t' or (byte)'n' ? text[..^1] : text;
        if (Integer(digits, out long number) && precision.ToMicros(number) is { } micros)
        {
            Micros = micros;
        }
        else
        {
            Fail(LineFaultKind.Timestamp, Table.TimestampName, start, $"{Shown(text)} is no timestamp: digits, and at the most a letter t (µs) or n (ns)");
        }
    }

    /// <summary>The first value of a column that a row names twice is the one that counts, as in QuestDB.</summary>
    private void Set(Column column, Value value)
    {
        ref ulong word = ref _present[column.Ordinal >> 6];
        ulong bit = 1UL << (column.Ordinal & 63);
        if ((word & bit) == 0)
        {
            word |= bit;
            _values[column.Ordinal] = value;
        }
    }

    private void WrongType(Column? column, int start, string found)
    {
        if (column is not null)
        {
            Fail(LineFaultKind.Type, column.Name, start, $"{column} is {column.Type.ToString().ToUpperInvariant()} and cannot take {found}");
        }
    }

    private static bool Integer(ReadOnlySpan<byte> text, out long number) =>
        Utf8Parser.TryParse(text, out number, out int used) && used == text.Length && text[0] != (byte)'+';

    private static bool? Boolean(ReadOnlySpan<byte> text) => text.Length switch
    {
        1 when text[0] is (byte)'t' or (byte)'T' => true,
        1 when text[0] is (byte)'f' or (byte)'F' => false,
        4 when Ascii.EqualsIgnoreCase(text, "true"u8) => true,
        5 when Ascii.EqualsIgnoreCase(text, "false"u8) => false,
        _ => null,
    };
}
