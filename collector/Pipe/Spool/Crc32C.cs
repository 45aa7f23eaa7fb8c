using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Collector.Pipe.Spool;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4) by the processor's own instruction, eight bytes at a time.</summary>
internal static class Crc32C
{
    /// <summary>The sum of the bytes, the last word filled up with zeros (the length is covered by the record's head).</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        ReadOnlySpan<byte> rest = bytes[(words.Length * sizeof(ulong))..];
        if (!rest.IsEmpty)
        {
            ulong last = 0;
            for (int i = 0; i < rest.Length; i++)
            {
                last |= (ulong)rest[i] << (8 * i);
            }

            crc = BitOperations.Crc32C(crc, last);
        }

        return ~crc;
    }

    /// <summary>The sum of bytes 4..31 of a record's head.</summary>
    public static uint OfHead(ReadOnlySpan<byte> head)
    {
        uint crc = BitOperations.Crc32C(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(head[4..]));
        crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(head[8..]));
        crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(head[16..]));
        return ~BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(head[24..]));
    }
}
