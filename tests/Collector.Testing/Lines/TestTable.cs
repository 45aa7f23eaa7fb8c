using System.Globalization;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Testing;

/// <summary>A table with every type, and a clock that stands at 2023-11-14 22:13:20 UTC.</summary>
internal static class TestTable
{
    public const long NowMicros = 1_700_000_000_000_000;

    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    public static Table Make() => Read("""
        CREATE TABLE readings (
            timestamp   TIMESTAMP,
            k           SYMBOL,
            labels      SYMBOL,
            s           SYMBOL,
            b           BOOLEAN,
            l           LONG,
            c           LONG,
            c_delta     LONG,
            d           DOUBLE,
            t           TIMESTAMP,
            v           VARCHAR
        ) TIMESTAMP(timestamp) PARTITION BY DAY TTL 90 DAYS WAL DEDUP UPSERT KEYS(timestamp, k, labels);
        """);

    public static Table Read(string sql)
    {
        var faults = new List<SchemaFault>();
        Table? table = SchemaReader.Read("t.sql", sql, faults);
        Assert.Empty(faults);
        return table!;
    }

    /// <summary>Bytes as text, one character each.</summary>
    public static string Text(ReadOnlyMemory<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes.Span);

    public static string Text(LineWriter writer) => Text(writer.Written);

    /// <summary>The value of a column as text that tells all values apart; null where the row has none.</summary>
    public static string? Shown(LineReader reader, Column column) => !reader.Has(column) ? null : column.Type switch
    {
        ColumnType.Symbol or ColumnType.Varchar => reader.Text(column),
        ColumnType.Boolean => reader.Boolean(column) ? "true" : "false",
        ColumnType.Double => reader.Double(column).ToString("R", CultureInfo.InvariantCulture),
        _ => reader.Long(column).ToString(CultureInfo.InvariantCulture),
    };
}
