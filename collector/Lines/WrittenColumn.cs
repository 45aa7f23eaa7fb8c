using System.Runtime.InteropServices;
using Collector.Lines.Tables;

namespace Collector.Lines;

/// <summary>What a writer needs of a column for each value, side by side in memory.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct WrittenColumn
{
    /// <summary>What stands before the value: the comma, the name, the equals sign, and a double's marks.</summary>
    public readonly Literal Prefix;

    public readonly Column Column;
    public readonly CounterSeries? Counter;
    public readonly int Ordinal;
    public readonly int MaxBytes;
    public readonly ColumnType Type;

    /// <param name="column">The column.</param>
    /// <param name="counter">Where its counters stood.</param>
    /// <param name="asSent">Its values bring their own marks, see <see cref="LineReader.IsAsSent"/>.</param>
    public WrittenColumn(Column column, CounterSeries? counter, bool asSent = false)
    {
        ReadOnlySpan<byte> behind = column.Type == ColumnType.Double && !asSent ? "==\u0010"u8 : "="u8;
        Prefix = new Literal([(byte)',', .. LineText.EscapedName(column.Name), .. behind]);
        Column = column;
        Counter = counter;
        Ordinal = column.Ordinal;
        MaxBytes = LineLimits.MaxBytes(column);
        Type = column.Type;
    }
}
