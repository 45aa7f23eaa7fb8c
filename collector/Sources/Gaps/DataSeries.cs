using System.Runtime.InteropServices;
using System.Text.Json;

namespace Collector.Sources.Gaps;

/// <summary>A stream of data.</summary>
/// <param name="Symbol">The instrument; empty for the exchange as a whole.</param>
/// <param name="DataType">oi, funding, liquidation, …</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DataSeries(string Exchange, string Symbol, string DataType)
{
    /// <summary>The series as part of a name of something remembered: <c>["binance","BTC","oi"]</c>.</summary>
    public string MemoryKey => JsonSerializer.Serialize<string[]>([Exchange, Symbol, DataType]);

    /// <returns>Null where the text names no series.</returns>
    public static DataSeries? OfMemoryKey(ReadOnlySpan<char> key)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(key) is [var exchange, var symbol, var type] ? new DataSeries(exchange, symbol, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override string ToString() => Symbol.Length == 0 ? $"{Exchange} {DataType}" : $"{Exchange} {Symbol} {DataType}";
}
