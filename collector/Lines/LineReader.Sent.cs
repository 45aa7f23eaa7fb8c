using System.Numerics;
using System.Text.Unicode;
using Collector.Lines.Tables;

namespace Collector.Lines;

/// <content>
/// Values that stay as they stand, for the database to cast, and are held to no more than what their column's type rules out:
/// those of a table without a schema file on their way in, and those of a type that is the database's own.
/// </content>
public sealed partial class LineReader
{
    private readonly ValueKinds[] _takes;

    /// <summary>True for a reader whose values are those of the line, and not of the columns: <see cref="SentKind"/> and <see cref="Escaped"/> are all that there is to them.</summary>
    public bool IsAsSent { get; }

    /// <summary>What a value of the row last read is, of a column of type <see cref="ColumnType.Other"/> or where <see cref="IsAsSent"/>.</summary>
    public ValueKinds SentKind(Column column) => (ValueKinds)_values[column.Ordinal].Bits;

    /// <summary>A column that the row last read names and gives no value; null where it names none such.</summary>
    public Column? Null
    {
        get
        {
            for (int word = 0; _anyNull && word < _nulls.Length; word++)
            {
                if (_nulls[word] != 0)
                {
                    return Table.Columns[(word << 6) + BitOperations.TrailingZeroCount(_nulls[word])];
                }
            }

            return null;
        }
    }

    private bool StaysAsSent(Column? column) => IsAsSent || column?.Type == ColumnType.Other;

    /// <summary>A value without quotes, or nothing, which is null.</summary>
    private void SentBare(Column? column, ReadOnlySpan<byte> data, int start, int end)
    {
        ReadOnlySpan<byte> text = data[start..end];
        bool isText = column?.Type == ColumnType.Symbol;
        if (text.IsEmpty)
        {
            SetNull(column);
        }
        else if (text[^1] is (byte)'i' && Integer(text[..^1], out long number))
        {
            string? problem = number == long.MinValue && !isText ? $"is {number}, which QuestDB reads as null" : null;
            Sent(ValueKinds.Integer, column, data, start, end, problem);
        }
        else if (text[^1] is (byte)'t' or (byte)'n' or (byte)'m' && Integer(text[..^1], out long time))
        {
            string? problem = MicrosOf(time, text[^1]) is null && !isText ? $"is {ForeignText.Show(text)}, which is no time that can be stored" : null;
            Sent(ValueKinds.Timestamp, column, data, start, end, problem);
        }
        else if (Boolean(text) is not null)
        {
            Sent(ValueKinds.Boolean, column, data, start, end);
        }
        else if (Number(text) is { } value)
        {
            Sent(ValueKinds.Double, column, data, start, end, double.IsFinite(value) || isText ? null : $"is {value}, which is no number that can be stored");
        }
        else if (text is [(byte)'0', (byte)'x', .., (byte)'i'])
        {
            Sent(ValueKinds.Hex, column, data, start, end);
        }
        else if (text is [.., (byte)'d'] && text.Length > 1 && Number(text[..^1]) is not null)
        {
            Sent(ValueKinds.Decimal, column, data, start, end);
        }
        else
        {
            NoValue(column, text, start);
        }
    }

    /// <summary>Text, in quotes or as a tag.</summary>
    private void SentWords(ValueKinds kind, Column? column, ReadOnlySpan<byte> data, int start, int end)
    {
        ReadOnlySpan<byte> text = data[start..end];
        string? problem = text.Length > LineLimits.TextBytes ? $"has {text.Length} bytes; at most {LineLimits.TextBytes} are kept" : null;
        if (problem is null && !Utf8.IsValid(text))
        {
            Sent(kind, column, data, start, end, "is not valid UTF-8", LineFaultKind.Text);
            return;
        }

        Sent(kind, column, data, start, end, problem);
    }

    /// <param name="start">Where the value begins; behind the quote, of a string.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="problem">Why it cannot be stored in any column, said behind the column's name.</param>
    private void Sent(
        ValueKinds kind, Column? column, ReadOnlySpan<byte> data, int start, int end, string? problem = null, LineFaultKind fault = LineFaultKind.Value)
    {
        if (problem is not null && column is not null)
        {
            Refuse(fault, column, start, $"{column} {problem}");
        }
        else if (problem is not null)
        {
            Fail(fault, _unknownColumn ?? "", start, $"{ForeignText.Show(_unknownColumn ?? "")} {problem}");
        }
        else if (column is null)
        {
            LearnSent(kind, data[start..end], start);
        }
        else if ((_takes[column.Ordinal] & kind) == ValueKinds.None)
        {
            WrongType(column, start, Casts.Name(kind));
        }
        else if (kind == ValueKinds.Array && !Table.IsGuess && Dimensions(data[start..end]) != Casts.Dimensions(column))
        {
            WrongType(column, start, $"an array of {Dimensions(data[start..end])} dimensions");
        }
        else
        {
            Set(column, new Value((long)kind, start, end - start));
        }
    }

    /// <summary>Notes a column that the table lacks, with the type that QuestDB would give it.</summary>
    private void LearnSent(ValueKinds kind, ReadOnlySpan<byte> value, int start)
    {
        ColumnType? type = kind switch
        {
            ValueKinds.Tag => ColumnType.Symbol,
            ValueKinds.String => ColumnType.Varchar,
            ValueKinds.Integer => ColumnType.Long,
            ValueKinds.Double => ColumnType.Double,
            ValueKinds.Boolean => ColumnType.Boolean,
            ValueKinds.Timestamp => ColumnType.Timestamp,
            ValueKinds.Array when Dimensions(value) is > 0 and <= SentText.MaxDimensions => ColumnType.Other,
            _ => null,
        };
        if (type is not { } known || !Learn(null, known, known == ColumnType.Other ? ArrayType(value) : null))
        {
            WrongType(null, start, Casts.Name(kind));
        }
    }

    /// <param name="array">From its equals sign on.</param>
    private static int Dimensions(ReadOnlySpan<byte> array) => array[3];

    private static string ArrayType(ReadOnlySpan<byte> array) => "DOUBLE" + string.Concat(Enumerable.Repeat("[]", Dimensions(array)));
}
