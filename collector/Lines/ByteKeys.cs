using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Collector.Lines;

/// <summary>Bytes as the key of a dictionary that is asked with spans. The hash is seeded by the process.</summary>
public sealed class ByteKeys : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly ByteKeys Instance = new();

    private static readonly ulong Seed = (uint)HashCode.Combine(0x9E37) | 0x9E37_79B9_0000_0000;

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        ulong hash = Hash(alternate);
        return (int)(hash ^ (hash >> 32));
    }

    /// <summary>A hash that holds within this process.</summary>
    public static ulong Hash(ReadOnlySpan<byte> alternate)
    {
        ulong hash = Seed ^ (ulong)alternate.Length;
        while (alternate.Length >= 8)
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(alternate));
            alternate = alternate[8..];
        }

        ulong rest = 0;
        foreach (byte value in alternate)
        {
            rest = (rest << 8) | value;
        }

        return Mix(hash ^ rest);
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

    /// <summary>Both halves of a product, folded: every bit of the input reaches every bit of the result.</summary>
    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value, 0xA076_1D64_78BD_642F, out ulong low);
        return high ^ low;
    }
}
