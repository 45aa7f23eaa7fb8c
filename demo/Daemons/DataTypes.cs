namespace Demo.Daemons;

/// <summary>What daemons gather.</summary>
internal static class DataTypes
{
    public const string OpenInterest = "oi";
    public const string Funding = "funding";
    public const string Liquidation = "liquidation";

    /// <summary>The columns of a record beside its timestamp, each a number of 8 bytes.</summary>
    public static IReadOnlyList<string> Columns(string dataType) => dataType switch
    {
        OpenInterest => ["open_interest", "open_interest_value"],
        Funding => ["funding_rate", "mark_price"],
        Liquidation => ["price", "quantity"],
        _ => throw new ArgumentOutOfRangeException(nameof(dataType), dataType, "There is no such data type."),
    };

    /// <summary>Bytes of a record in the catalog: the timestamp and its columns, 8 bytes each.</summary>
    public static int RecordBytes(string dataType) => 8 * (1 + Columns(dataType).Count);
}
