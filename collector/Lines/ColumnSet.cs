using Collector.Lines.Tables;

namespace Collector.Lines;

/// <summary>Sets of columns as bits by ordinal, so that a row's completeness is a few machine words to compare.</summary>
internal static class ColumnSet
{
    public static ulong[] Of(Table table, Func<Column, bool> isIn)
    {
        ulong[] set = new ulong[(table.Columns.Length + 63) / 64];
        foreach (Column column in table.Columns.Where(isIn))
        {
            set[column.Ordinal >> 6] |= 1UL << (column.Ordinal & 63);
        }

        return set;
    }

    /// <summary>The first column that <paramref name="wanted"/> has and <paramref name="present"/> lacks; null when it has all.</summary>
    public static Column? FirstMissing(Table table, ReadOnlySpan<ulong> wanted, ReadOnlySpan<ulong> present)
    {
        for (int word = 0; word < wanted.Length; word++)
        {
            ulong missing = wanted[word] & ~present[word];
            if (missing != 0)
            {
                return table.Columns[(word << 6) + System.Numerics.BitOperations.TrailingZeroCount(missing)];
            }
        }

        return null;
    }
}
