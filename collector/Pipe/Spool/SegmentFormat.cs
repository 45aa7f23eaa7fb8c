using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Collector.Pipe.Spool;

/*  Spool segment, format version 1. Little endian; every part begins on a multiple of 8 bytes.

    header, 40 bytes
     0  8  magic            "CSPOOL" 0D 0A   (a transfer that rewrites line ends breaks it at once)
     8  4  version          1
    12  4  flags            bit 0: the rows were replayed, and are older than their place tells
    16  8  first record id  of this segment
    24  8  created          µs since 1970
    32  4  zero
    36  4  CRC32C           of bytes 0..35

    record, 32 bytes + payload + 0..7 zero bytes
     0  4  head CRC32C      of bytes 4..31
     4  4  payload length   in bytes, without the padding
     8  8  record id
    16  8  appended         µs since 1970
    24  4  rows
    28  4  payload CRC32C   of the payload as 8-byte words, the last one filled up with zeros
    32  …  payload          complete lines; the last byte is a newline

    footer of a sealed segment, 72 bytes
     0  8  first record id
     8  8  last record id
    16  8  records
    24  8  rows
    32  8  payload bytes
    40  8  oldest append    µs since 1970
    48  8  newest append    µs since 1970
    56  4  zero
    60  4  CRC32C           of bytes 0..59
    64  8  magic            "CSPSEAL!"

    Two checksums a record, for two reasons. With an intact head the length can be trusted, so a rotten payload costs exactly
    one record. And the payload's sum, the long one, is computed before the lock that hands out the id.

    The footer ends in '!'. A payload ends in a newline and padding ends in a zero, so no payload can pass for a footer.
    Magic, version and the place of the header's CRC stay where they are in all later versions: a newer file must be
    recognised as newer, and not be taken for a damaged one.  */

/// <summary>Sizes and limits of the segment format.</summary>
public static class SegmentFormat
{
    public const uint Version = 1;

    /// <summary>A reader takes its own version and the one before; before 1 there was none.</summary>
    public const uint OldestVersion = 1;

    public const int HeaderSize = 40;
    public const int HeadSize = 32;
    public const int FooterSize = 72;
    public const int Alignment = 8;

    /// <summary>Largest payload of one record in bytes: 256 MiB, far above any request; a longer length is damage.</summary>
    public const int MaxPayload = 256 * 1024 * 1024;

    public const string Extension = ".seg";
    public const string CorruptExtension = ".corrupt";
    public const string SalvageExtension = ".salvage";

    /// <summary>Bytes that a record with this payload takes in the file.</summary>
    public static long RecordSize(int payload) => HeadSize + (((long)payload + Alignment - 1) & -Alignment);

    /// <summary>The names sort as their ids do.</summary>
    public static string FileName(ulong firstId) => firstId.ToString("D20") + Extension;

    public static bool AllZero(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);
}

public enum HeaderState
{
    Valid,
    Damaged,
    TooNew,
    TooOld,
}

/// <summary>The first 40 bytes of a segment.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SegmentHeader(uint Version, ulong FirstId, long CreatedMicros, bool IsReplayed = false)
{
    private const uint ReplayedFlag = 1;

    private static ReadOnlySpan<byte> Magic => "CSPOOL\r\n"u8;

    public void Write(Span<byte> to)
    {
        to[..SegmentFormat.HeaderSize].Clear();
        Magic.CopyTo(to);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], IsReplayed ? ReplayedFlag : 0);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], FirstId);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], CreatedMicros);
        BinaryPrimitives.WriteUInt32LittleEndian(to[36..], Crc32C.Of(to[..36]));
    }

    public static HeaderState Read(ReadOnlySpan<byte> from, out SegmentHeader header)
    {
        header = default;
        if (from.Length < SegmentFormat.HeaderSize
            || !from.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(from[36..]) != Crc32C.Of(from[..36]))
        {
            return HeaderState.Damaged;
        }

        header = new SegmentHeader(
            BinaryPrimitives.ReadUInt32LittleEndian(from[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            (BinaryPrimitives.ReadUInt32LittleEndian(from[12..]) & ReplayedFlag) != 0);
        return header.Version switch
        {
            > SegmentFormat.Version => HeaderState.TooNew,
            < SegmentFormat.OldestVersion => HeaderState.TooOld,
            _ => HeaderState.Valid,
        };
    }
}

/// <summary>The 32 bytes before a payload.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RecordHead(int Length, ulong Id, long AppendedMicros, int Rows, uint PayloadCrc)
{
    public long Size => SegmentFormat.RecordSize(Length);

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], Length);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], Id);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], AppendedMicros);
        BinaryPrimitives.WriteInt32LittleEndian(to[24..], Rows);
        BinaryPrimitives.WriteUInt32LittleEndian(to[28..], PayloadCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(to, Crc32C.OfHead(to));
    }

    public static bool TryRead(ReadOnlySpan<byte> from, out RecordHead head)
    {
        head = default;
        if (from.Length < SegmentFormat.HeadSize || BinaryPrimitives.ReadUInt32LittleEndian(from) != Crc32C.OfHead(from))
        {
            return false;
        }

        head = new RecordHead(
            BinaryPrimitives.ReadInt32LittleEndian(from[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[28..]));
        return head.Length is > 0 and <= SegmentFormat.MaxPayload && head.Rows > 0 && head.Id > 0;
    }
}

/// <summary>The last 72 bytes of a sealed segment: what it holds, so that opening need not read it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SegmentFooter(SegmentTotals Totals)
{
    private const int CrcAt = 60;
    private const int MagicAt = 64;

    private static ReadOnlySpan<byte> Magic => "CSPSEAL!"u8;

    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(to, Totals.FirstId);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], Totals.LastId);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], Totals.Records);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], Totals.Rows);
        BinaryPrimitives.WriteInt64LittleEndian(to[32..], Totals.Bytes);
        BinaryPrimitives.WriteInt64LittleEndian(to[40..], Totals.OldestMicros);
        BinaryPrimitives.WriteInt64LittleEndian(to[48..], Totals.NewestMicros);
        BinaryPrimitives.WriteUInt32LittleEndian(to[56..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(to[CrcAt..], Crc32C.Of(to[..CrcAt]));
        Magic.CopyTo(to[MagicAt..]);
    }

    public static bool TryRead(ReadOnlySpan<byte> from, out SegmentFooter footer)
    {
        footer = default;
        if (!HasMagic(from) || !HasSum(from))
        {
            return false;
        }

        footer = new SegmentFooter(new SegmentTotals
        {
            FirstId = BinaryPrimitives.ReadUInt64LittleEndian(from),
            LastId = BinaryPrimitives.ReadUInt64LittleEndian(from[8..]),
            Records = BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
            Rows = BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            Bytes = BinaryPrimitives.ReadInt64LittleEndian(from[32..]),
            OldestMicros = BinaryPrimitives.ReadInt64LittleEndian(from[40..]),
            NewestMicros = BinaryPrimitives.ReadInt64LittleEndian(from[48..]),
        });
        return true;
    }

    /// <summary>A footer with one rotten part is still known for a footer, and not taken for a lost record.</summary>
    public static bool IsDamagedFooter(ReadOnlySpan<byte> from) =>
        from.Length == SegmentFormat.FooterSize && (HasMagic(from) || HasSum(from));

    private static bool HasMagic(ReadOnlySpan<byte> from) =>
        from.Length == SegmentFormat.FooterSize && from[MagicAt..].SequenceEqual(Magic);

    private static bool HasSum(ReadOnlySpan<byte> from) =>
        BinaryPrimitives.ReadUInt32LittleEndian(from[CrcAt..]) == Crc32C.Of(from[..CrcAt]);
}
