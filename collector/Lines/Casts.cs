using Collector.Lines.Tables;

namespace Collector.Lines;

/// <summary>
/// What QuestDB's line protocol puts into a column of which type: measured with version 9.3.4, which answers all else by
/// "cast error from protocol type … to column type …". Whether the value itself fits (a text that is no UUID, an integer too
/// large for a SHORT) is for the database to say.
/// </summary>
public static class Casts
{
    /// <summary>Every kind there is, and will be.</summary>
    public const ValueKinds Any = (ValueKinds)~0;

    private const ValueKinds Whole = ValueKinds.Integer | ValueKinds.Boolean;
    private const ValueKinds Text = ValueKinds.Tag | ValueKinds.String;
    private const ValueKinds Time = ValueKinds.Integer | ValueKinds.Timestamp;

    /// <summary>The kinds of value that a column can take.</summary>
    public static ValueKinds Into(Column column)
    {
        string type = column.TypeName.ToUpperInvariant();
        int arguments = type.AsSpan().IndexOfAny('(', '[');
        return (arguments < 0 ? type : type[..arguments]) switch
        {
            _ when Dimensions(column) > 0 => ValueKinds.Array,
            "BOOLEAN" => ValueKinds.Boolean,
            "BYTE" or "SHORT" or "INT" or "LONG" => Whole,
            "FLOAT" or "DOUBLE" => Whole | ValueKinds.Double,
            "DATE" or "TIMESTAMP" or "TIMESTAMP_NS" => Time,
            "VARCHAR" or "STRING" => Text,
            "SYMBOL" => Text | Time | Whole | ValueKinds.Hex | ValueKinds.Double,
            "CHAR" or "UUID" or "IPV4" or "GEOHASH" => ValueKinds.String,
            "LONG256" => ValueKinds.String | ValueKinds.Hex,
            "DECIMAL" => ValueKinds.String | ValueKinds.Integer | ValueKinds.Double | ValueKinds.Decimal,
            "BINARY" => ValueKinds.None,
            _ => Any, // a type that a later version has: it knows best
        };
    }

    /// <summary>How many dimensions an array column has; 0 for any other.</summary>
    public static int Dimensions(Column column) => column.DatabaseType?.Count(c => c == '[') ?? 0;

    /// <summary>With its article, for sentences.</summary>
    public static string Name(ValueKinds kind) => kind switch
    {
        ValueKinds.Tag => "a tag",
        ValueKinds.String => "a string",
        ValueKinds.Integer => "an integer",
        ValueKinds.Hex => "a hexadecimal number",
        ValueKinds.Double => "a double",
        ValueKinds.Boolean => "a boolean",
        ValueKinds.Timestamp => "a timestamp",
        ValueKinds.Array => "an array",
        _ => "a decimal",
    };
}
