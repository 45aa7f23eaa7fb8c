using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Collector.Tables;

namespace Collector.Lines;

/// <summary>What a writer needs of a column for each value, side by side in memory.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct WrittenColumn
{
    /// <summary>A prefix up to this length is written as two vectors, whatever its length: cheaper than a copy.</summary>
    public const int Short = 32;

    public readonly Vector128<byte> Head;
    public readonly Vector128<byte> Tail;
    public readonly byte[] Prefix;
    public readonly Column Column;
    public readonly CounterBaselines.Series? Counter;
    public readonly int Ordinal;
    public readonly int MaxBytes;
    public readonly ColumnType Type;

    public WrittenColumn(Column column, CounterBaselines.Series? counter)
    {
        ReadOnlySpan<byte> behind = column.Type == ColumnType.Double ? "==\u0010"u8 : "="u8;
        Prefix = [(byte)',', .. LineText.EscapedName(column.Name), .. behind];
        var padded = new byte[Short];
        Prefix.AsSpan(0, Math.Min(Short, Prefix.Length)).CopyTo(padded);
        Head = Vector128.Create<byte>(padded.AsSpan(0, 16));
        Tail = Vector128.Create<byte>(padded.AsSpan(16, 16));
        Column = column;
        Counter = counter;
        Ordinal = column.Ordinal;
        MaxBytes = LineLimits.MaxBytes(column);
        Type = column.Type;
    }
}
