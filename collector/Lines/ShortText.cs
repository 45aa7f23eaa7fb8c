using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Collector.Lines;

/// <summary>Most symbols are a few plain letters: those go into the line in one pass, without a call.</summary>
internal static class ShortText
{
    /// <summary>The longest text that is taken, in characters and bytes.</summary>
    public const int MaxLength = 16;

    /// <summary>Writes <paramref name="value"/> when it is short ASCII that needs no escape and no second look.</summary>
    /// <param name="to">Has room for <see cref="MaxLength"/> bytes.</param>
    /// <returns>The bytes written; -1 when the text wants the long way, and what was written is void.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(string? value, ref byte to)
    {
        if (value is null)
        {
            return 0;
        }

        int length = value.Length;
        if (length > MaxLength)
        {
            return -1;
        }

        ref ushort from = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(value.AsSpan()));
        if (length >= 8)
        {
            // The first eight and the last eight, which overlap where there are fewer than sixteen.
            var head = Vector128.LoadUnsafe(ref from);
            var tail = Vector128.LoadUnsafe(ref from, (nuint)(length - 8));
            if (!IsPlain(head, tail))
            {
                return -1;
            }

            var bytes = Vector128.Narrow(head, tail);
            Unsafe.WriteUnaligned(ref to, bytes.AsUInt64().GetElement(0));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, length - 8), bytes.AsUInt64().GetElement(1));
            return length;
        }

        if (length >= 4)
        {
            // The first four and the last four, likewise.
            Vector128<ushort> both = Vector128.Create(
                Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref from)),
                Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref from, length - 4)))).AsUInt16();
            if (Special(both) != Vector128<ushort>.Zero)
            {
                return -1;
            }

            var bytes = Vector128.Narrow(both, both);
            Unsafe.WriteUnaligned(ref to, bytes.AsUInt32().GetElement(0));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, length - 4), bytes.AsUInt32().GetElement(1));
            return length;
        }

        for (int i = 0; i < length; i++)
        {
            ushort c = Unsafe.Add(ref from, i);
            if (c is <= ' ' or ',' or '=' or '\\' or > '~')
            {
                return -1;
            }

            Unsafe.Add(ref to, i) = (byte)c;
        }

        return length;
    }

    /// <summary>No controls, no space, nothing that is escaped, nothing beyond ASCII.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain(Vector128<ushort> head, Vector128<ushort> tail)
    {
        Vector128<ushort> special = Special(head) | Special(tail);
        return special == Vector128<ushort>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Special(Vector128<ushort> text) =>
        Vector128.GreaterThan(text - Vector128.Create((ushort)'!'), Vector128.Create((ushort)('~' - '!')))
        | Vector128.Equals(text, Vector128.Create((ushort)','))
        | Vector128.Equals(text, Vector128.Create((ushort)'='))
        | Vector128.Equals(text, Vector128.Create((ushort)'\\'));
}
