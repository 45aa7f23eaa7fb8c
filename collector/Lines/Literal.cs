using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Collector.Lines;

/// <summary>
/// Bytes that stand in every row: a table's or column's name. Short ones are written as two vectors whatever their length,
/// which is cheaper than a copy; the value behind them is written over the rest.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Literal
{
    /// <summary>Bytes that <see cref="Write"/> may touch, where the literal itself is no longer.</summary>
    public const int Room = 32;

    private readonly Vector128<byte> _head;
    private readonly Vector128<byte> _tail;
    private readonly byte[] _bytes;
    private readonly int _length;

    public Literal(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes.ToArray();
        _length = bytes.Length;
        Span<byte> padded = stackalloc byte[Room];
        padded.Clear();
        bytes[..Math.Min(Room, bytes.Length)].CopyTo(padded);
        _head = Vector128.Create<byte>(padded[..16]);
        _tail = Vector128.Create<byte>(padded[16..]);
    }

    public int Length => _length;

    /// <param name="to">The first of as many bytes as <see cref="Room"/> or, where that is more, <see cref="Length"/> tells.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ref byte to)
    {
        _head.StoreUnsafe(ref to);
        if (_length > 16)
        {
            WriteLong(ref to);
        }
    }

    private void WriteLong(ref byte to)
    {
        if (_length <= Room)
        {
            _tail.StoreUnsafe(ref to, 16);
        }
        else
        {
            _bytes.CopyTo(MemoryMarshal.CreateSpan(ref to, _length));
        }
    }
}
