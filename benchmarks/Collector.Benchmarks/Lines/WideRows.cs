using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Benchmarks.Lines;

/// <summary>Rows of forty columns: four keys, two booleans, sixteen doubles, twelve longs, four timestamps, two texts.</summary>
internal static class WideRows
{
    public static readonly Table Table = TradeRows.Read(Sql());

    public static byte[] Make()
    {
        var random = new Random(40);
        var writer = new LineWriter(Table, new TradeRows.StoppedClock());
        for (int row = 0; row < 256; row++)
        {
            writer.Begin("binance", $"SYMBOL-{random.Next(100)}", "host-1", "prod");
            foreach (Column column in Table.Columns.AsSpan(4))
            {
                switch (column.Type)
                {
                    case ColumnType.Boolean:
                        writer.Set(column, random.Next(2) == 0);
                        break;
                    case ColumnType.Double:
                        writer.Set(column, random.NextDouble() * 1000);
                        break;
                    case ColumnType.Long:
                        writer.Set(column, random.NextInt64(10_000_000));
                        break;
                    case ColumnType.Timestamp:
                        writer.Set(column, TradeRows.Now.AddSeconds(-random.Next(1000)));
                        break;
                    default:
                        writer.Set(column, "the connection was closed by the other side");
                        break;
                }
            }

            writer.End(TradeRows.Now);
        }

        return writer.Written.ToArray();
    }

    private static string Sql()
    {
        var sql = new StringBuilder("CREATE TABLE wide (timestamp TIMESTAMP, exchange SYMBOL, symbol SYMBOL, host SYMBOL, env SYMBOL");
        foreach ((string type, int count) in new[] { ("BOOLEAN", 2), ("DOUBLE", 16), ("LONG", 12), ("TIMESTAMP", 4), ("VARCHAR", 2) })
        {
            for (int i = 0; i < count; i++)
            {
                sql.Append($", {type}_column_{i} {type}".ToLowerInvariant());
            }
        }

        return sql.Append(") TIMESTAMP(timestamp) PARTITION BY DAY WAL DEDUP UPSERT KEYS(timestamp, exchange, symbol, host, env)").ToString();
    }
}
