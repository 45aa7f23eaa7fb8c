using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Collector.Lines.Tables;

namespace Collector.Lines;

/// <content>The meaning: turns what the grammar found into the column's type, with the casts QuestDB makes.</content>
public sealed partial class LineReader
{
    private void SetTag(Column? column, ReadOnlySpan<byte> data, int start, int end, bool escaped)
    {
        if (StaysAsSent(column))
        {
            SentWords(ValueKinds.Tag, column, data, start, end);
        }
        else if (column?.Type is ColumnType.Symbol or ColumnType.Varchar)
        {
            SetText(column, data, start, end, escaped);
        }
        else if (!Learn(column, ColumnType.Symbol))
        {
            WrongType(column, start, "a tag");
        }
    }

    private void SetString(Column? column, ReadOnlySpan<byte> data, int start, int end, bool escaped)
    {
        if (StaysAsSent(column))
        {
            SentWords(ValueKinds.String, column, data, start, end);
        }
        else if (column?.Type is ColumnType.Symbol or ColumnType.Varchar)
        {
            SetText(column, data, start, end, escaped);
        }
        else if (!Learn(column, ColumnType.Varchar))
        {
            WrongType(column, start, "a string");
        }
    }

    private void SetText(Column column, ReadOnlySpan<byte> data, int start, int end, bool escaped)
    {
        ReadOnlySpan<byte> text = data[start..end];
        int limit = LineLimits.MaxBytes(column);
        if (text.Length > limit && (escaped ? LineText.PlainLength(text) : text.Length) is var length && length > limit)
        {
            Refuse(LineFaultKind.Value, column, start, $"{column} has {length} bytes; at most {limit} are kept");
        }
        else if (!Utf8.IsValid(text))
        {
            Refuse(LineFaultKind.Text, column, start, $"{column} is not valid UTF-8");
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
            SetNull(column);
        }
        else if (text[^1] is (byte)'i' or (byte)'t' or (byte)'n' or (byte)'m' && Integer(text[..^1], out long number))
        {
            SetInteger(column, number, text, start);
        }
        else if (Boolean(text) is { } flag)
        {
            SetFlag(column, flag, text, start);
        }
        else if (Number(text) is { } value)
        {
            if (column?.Type != ColumnType.Symbol)
            {
                SetDouble(column, value, start);
            }
            else
            {
                Set(column, new Value(0, start, text.Length));
            }
        }
        else
        {
            NoValue(column, text, start);
        }
    }

    private void NoValue(Column? column, ReadOnlySpan<byte> text, int start) =>
        Fail(LineFaultKind.Value, column?.Name ?? "", start, $"{ForeignText.Show(text)} is no value: text wants quotes, an integer ends in i, a timestamp in t, n or m");

    private void SetInteger(Column? column, long number, ReadOnlySpan<byte> text, int start)
    {
        byte suffix = text[^1];
        switch (column?.Type)
        {
            case ColumnType.Long when suffix == (byte)'i':
                if (number < 0 && (number == long.MinValue || column.IsCounter))
                {
                    Refuse(LineFaultKind.Value, column, start, column.IsCounter ? $"{column} is a counter and cannot be {number}" : $"{column} is {number}, which QuestDB reads as null");
                    break;
                }

                Set(column, new Value(number, 0, 0));
                break;
            case ColumnType.Timestamp:
                SetTimestamp(column, number, suffix, start);
                break;
            case ColumnType.Double when suffix == (byte)'i':
                if (number == long.MinValue)
                {
                    Refuse(LineFaultKind.Value, column, start, $"{column} is {number}, which QuestDB reads as null");
                    break;
                }

                SetDouble(column, number, start);
                break;
            case ColumnType.Symbol:
                Set(column, new Value(0, start, text.Length - 1));
                break;
            default:
                if (!Learn(column, suffix == (byte)'i' ? ColumnType.Long : ColumnType.Timestamp))
                {
                    WrongType(column, start, suffix == (byte)'i' ? "an integer" : "a timestamp");
                }

                break;
        }
    }

    private void SetTimestamp(Column column, long number, byte suffix, int start)
    {
        if (MicrosOf(number, suffix) is { } micros)
        {
            Set(column, new Value(micros, 0, 0));
        }
        else
        {
            Refuse(LineFaultKind.Value, column, start, $"{column} is {number}{(char)suffix}, which is no time that can be stored");
        }
    }

    /// <summary>The time of a value with a letter; null where there is none such.</summary>
    private static long? MicrosOf(long number, byte suffix)
    {
        Precision precision = suffix switch
        {
            (byte)'n' => Precision.Nanoseconds,
            (byte)'m' => Precision.Milliseconds,
            _ => Precision.Microseconds,
        };
        return number == long.MinValue ? null : precision.ToMicros(number);
    }

    private void SetFlag(Column? column, bool flag, ReadOnlySpan<byte> text, int start)
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
            case ColumnType.Symbol:
                Set(column, new Value(0, start, text.Length));
                break;
            default:
                if (!Learn(column, ColumnType.Boolean))
                {
                    WrongType(column, start, "a boolean");
                }

                break;
        }
    }

    private void SetDouble(Column? column, double value, int start)
    {
        if (column?.Type != ColumnType.Double)
        {
            if (!double.IsFinite(value) || !Learn(column, ColumnType.Double))
            {
                WrongType(column, start, double.IsFinite(value) ? "a double" : string.Create(CultureInfo.InvariantCulture, $"{value}, a double"));
            }
        }
        else if (!double.IsFinite(value))
        {
            Refuse(LineFaultKind.Value, column, start, $"{column} is {value}, which is no number that can be stored");
        }
        else if (value < 0 && column.IsCounter)
        {
            Refuse(LineFaultKind.Value, column, start, $"{column} is a counter and cannot be {value}");
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
            HasTime = false;
            if (ArrivalMicros is null)
            {
                Fail(LineFaultKind.Timestamp, Table.TimestampName, start, "the row has no timestamp");
            }

            return;
        }

        HasTime = true;
        Precision? precision = text[^1] switch
        {
            (byte)'t' => Precision.Microseconds,
            (byte)'n' => Precision.Nanoseconds,
            (byte)'m' => Precision.Milliseconds,
            _ => null,
        };
        ReadOnlySpan<byte> digits = precision is null ? text : text[..^1];
        if (Integer(digits, out long number) && number >= 0 && (precision ?? Precision).ToMicros(number) is { } micros)
        {
            Micros = micros;
            Nanos = (precision ?? Precision) == Precision.Nanoseconds ? (int)(number % 1000) : 0;
        }
        else
        {
            Fail(LineFaultKind.Timestamp, Table.TimestampName, start, $"{ForeignText.Show(text)} is no timestamp: digits, and at the most a letter t (µs), n (ns) or m (ms)");
        }
    }

    /// <summary>The first value of a column that a row names twice is the one that counts, as in QuestDB.</summary>
    private void Set(Column column, Value value)
    {
        ref ulong word = ref _present[column.Ordinal >> 6];
        ulong bit = 1UL << (column.Ordinal & 63);
        if ((word & bit) == 0 && (!_anyNull || (_nulls[column.Ordinal >> 6] & bit) == 0))
        {
            word |= bit;
            _values[column.Ordinal] = value;
        }
    }

    private void SetNull(Column? column)
    {
        if (column is not null)
        {
            _nulls[column.Ordinal >> 6] |= 1UL << (column.Ordinal & 63);
            _anyNull = true;
        }
    }

    /// <summary>Notes the type of a column that the table lacks; false where it lacks none, or none that could be made.</summary>
    private bool Learn(Column? column, ColumnType type, string? databaseType = null)
    {
        if (column is not null || _unknownColumn is not { } name)
        {
            return false;
        }

        if (Names.ColumnProblem(name, type) is { } problem)
        {
            Fail(LineFaultKind.Column, name, _at, $"{ForeignText.Show(name)} cannot name a column of text: {problem}");
        }
        else
        {
            Unknown!.Add(new UnknownColumn(name, type, databaseType));
        }

        _unknownColumn = null;
        return true;
    }

    private void WrongType(Column? column, int start, string found)
    {
        if (column is null && _unknownColumn is { } name)
        {
            Fail(LineFaultKind.Type, name, start, $"no column can be made for {ForeignText.Show(name)}, which is {found} that cannot be stored");
        }
        else if (column is not null)
        {
            Refuse(LineFaultKind.Type, column, start, $"{column} is {column.TypeName} and cannot take {found}");
        }
    }

    /// <summary>Notes a fault of a value, unless the column has one already: what is not stored need not fit.</summary>
    private void Refuse(LineFaultKind kind, Column column, int start, string message)
    {
        ulong bit = 1UL << (column.Ordinal & 63);
        if (((_present[column.Ordinal >> 6] | (_anyNull ? _nulls[column.Ordinal >> 6] : 0)) & bit) == 0)
        {
            Fail(kind, column.Name, start, message);
        }
    }

    private static bool Integer(ReadOnlySpan<byte> text, out long number) =>
        (Utf8Parser.TryParse(text, out number, out int used) && used == text.Length && text[0] != (byte)'+')
        || (text.Contains((byte)'_') && Grouped(text, out number));

    /// <summary>Digits with underscores between them, as QuestDB's SQL has them: <c>1_000</c>.</summary>
    private static bool Grouped(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        Span<byte> digits = stackalloc byte[32];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != (byte)'_')
            {
                if (length == digits.Length)
                {
                    return false;
                }

                digits[length++] = text[i];
            }
            else if (i == 0 || i + 1 == text.Length || !char.IsAsciiDigit((char)text[i - 1]) || !char.IsAsciiDigit((char)text[i + 1]))
            {
                return false;
            }
        }

        return Integer(digits[..length], out number);
    }

    /// <summary>
    /// A double, NaN and the infinities included where they are spelt so; null where the text is none, too large for a
    /// double, or too small to tell from zero.
    /// </summary>
    private static double? Number(ReadOnlySpan<byte> text)
    {
        // Trailing NULs are no part of a number, though the runtime reads over them.
        if (text[^1] == 0 || !double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value))
        {
            return null;
        }

        if (!double.IsFinite(value))
        {
            ReadOnlySpan<byte> word = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
            return word.SequenceEqual("NaN"u8) || word.SequenceEqual("Infinity"u8) ? value : null;
        }

        if (value == 0)
        {
            int exponent = text.IndexOfAny((byte)'e', (byte)'E');
            return (exponent < 0 ? text : text[..exponent]).ContainsAnyInRange((byte)'1', (byte)'9') ? null : value;
        }

        return value;
    }

    private static bool? Boolean(ReadOnlySpan<byte> text) => text.Length switch
    {
        1 when text[0] is (byte)'t' or (byte)'T' => true,
        1 when text[0] is (byte)'f' or (byte)'F' => false,
        4 when Ascii.EqualsIgnoreCase(text, "true"u8) => true,
        5 when Ascii.EqualsIgnoreCase(text, "false"u8) => false,
        _ => null,
    };
}
