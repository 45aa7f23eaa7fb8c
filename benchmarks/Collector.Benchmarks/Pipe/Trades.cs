using Collector.Benchmarks.Lines;
using Collector.Lines;

namespace Collector.Benchmarks.Pipe;

/// <summary>As many rows of <see cref="TradeRows"/> as are asked for, no two with the same time, 146 bytes each.</summary>
internal static class Trades
{
    private const long FirstMicros = 1_700_000_000_000_000;
    private const long FirstId = 1_000_000_000_000;

    private static readonly TradeRow[] Rows = TradeRows.Make();

    /// <summary>Rows <paramref name="from"/> to <paramref name="from"/> + <paramref name="count"/>, one microsecond apart.</summary>
    public static void Write(LineWriter writer, long from, int count)
    {
        for (long i = from; i < from + count; i++)
        {
            Rows[i % TradeRows.Count].Write(writer, TradeRows.Table.Columns, FirstId + i, FirstMicros + i);
        }

        if (writer.Rows != count)
        {
            throw new InvalidOperationException($"{count - writer.Rows} of {count} rows were not taken.");
        }
    }

    /// <summary>The same rows, encoded beforehand.</summary>
    public static byte[] Encode(int count)
    {
        byte[] bytes = new byte[(long)count * TradeRows.RowBytes];
        var writer = new LineWriter(TradeRows.Table, new TradeRows.StoppedClock(), capacity: 1 << 20);
        for (int from = 0; from < count; from += 1000)
        {
            writer.Clear();
            Write(writer, from, Math.Min(1000, count - from));
            writer.Written.CopyTo(bytes.AsMemory(from * TradeRows.RowBytes));
        }

        return bytes;
    }
}
