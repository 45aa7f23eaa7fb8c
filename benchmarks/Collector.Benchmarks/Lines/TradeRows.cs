using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Benchmarks.Lines;

/// <summary>
/// The rows that the line benchmarks write and read: seven columns, 146 bytes each, no two alike.
/// <code>
/// trades,symbol=BTC-USDT,side=sell price==#64123.25,amount==#0.00044,trade_id=1234567890123i,level=123i,seen=1700000000000123t 1700000000000456000\n
/// </code>
/// (# stands for 0x10 and eight bytes.) Two symbols of 8 and 4 letters, two doubles, two longs, a timestamp.
/// </summary>
internal static class TradeRows
{
    public const int Count = 1024;
    public const int RowBytes = 146;

    /// <summary>The clock of all benchmarks stands here, and the rows are from the seconds before it.</summary>
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_100);

    public static readonly Table Table = Read("""
        CREATE TABLE trades (
            timestamp TIMESTAMP,
            symbol    SYMBOL,
            side      SYMBOL,
            price     DOUBLE,
            amount    DOUBLE,
            trade_id  LONG,
            level     LONG,
            seen      TIMESTAMP
        ) TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(timestamp, symbol, side);
        """);

    private static readonly string[] Symbols = ["BTC-USDT", "ETH-USDT", "SOL-USDT", "XRP-USDT", "ADA-USDT", "DOT-USDT", "BTC-USDC", "ETH-USDC"];

    public static TradeRow[] Make()
    {
        var random = new Random(146);
        var rows = new TradeRow[Count];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = new TradeRow(
                Symbols[random.Next(Symbols.Length)],
                random.Next(2) == 0 ? "sell" : "bids",
                random.NextDouble() * 100_000,
                random.NextDouble(),
                random.NextInt64(1_000_000_000_000, 9_999_999_999_999),
                random.NextInt64(100, 999),
                DateTimeOffset.UnixEpoch.AddMicroseconds(1_700_000_000_000_000 + (i * 1_009L)),
                1_700_000_000_000_000 + (i * 1_013L));
        }

        return rows;
    }

    public static Table Read(string sql)
    {
        var faults = new List<SchemaFault>();
        return SchemaReader.Read("benchmark.sql", sql, faults) ?? throw new InvalidOperationException(string.Join('\n', faults));
    }

    /// <summary>A clock that stands still, so that the rows stay within the time that the table takes.</summary>
    public sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}

internal sealed record TradeRow(string Symbol, string Side, double Price, double Amount, long TradeId, long Level, DateTimeOffset Seen, long Micros)
{
    public void Write(LineWriter writer, Column[] columns) => Write(writer, columns, TradeId, Micros);

    /// <summary>The row under another number and time, so that as many rows can be had as are needed.</summary>
    public void Write(LineWriter writer, Column[] columns, long tradeId, long micros)
    {
        writer.Begin(Symbol, Side);
        writer.Set(columns[2], Price);
        writer.Set(columns[3], Amount);
        writer.Set(columns[4], tradeId);
        writer.Set(columns[5], Level);
        writer.Set(columns[6], Seen);
        writer.End(micros);
    }
}
