using System.Buffers.Binary;
using Collector.FaultTests.Oracle;

namespace Collector.FaultTests.Faults;

/// <summary>A record of a segment file.</summary>
/// <param name="At">Offset of its head.</param>
/// <param name="Length">Bytes of its payload, which begins 32 bytes on.</param>
internal sealed record MappedRecord(int At, int Length, IReadOnlyList<(string Series, long Number)> Rows);

/// <summary>
/// Where what stands in a segment file. It is read by the drawing in <c>SegmentFormat.cs</c> and by none of its code.
/// </summary>
internal sealed class SegmentMap
{
    public const int HeaderSize = 40;
    public const int HeadSize = 32;
    public const int FooterSize = 72;

    private SegmentMap(byte[] bytes, IReadOnlyList<MappedRecord> records, bool isSealed, bool isWhole) =>
        (Bytes, Records, IsSealed, IsWhole) = (bytes, records, isSealed, isWhole);

    public byte[] Bytes { get; }

    public IReadOnlyList<MappedRecord> Records { get; }

    /// <summary>It ends in a footer.</summary>
    public bool IsSealed { get; }

    /// <summary>Nothing but records stands in it: no append was cut off in it, and it was not damaged before.</summary>
    public bool IsWhole { get; }

    public static SegmentMap Read(byte[] bytes, RowFinder finder)
    {
        bool isSealed = bytes.AsSpan().EndsWith("CSPSEAL!"u8);
        int end = bytes.Length - (isSealed ? FooterSize : 0);
        var records = new List<MappedRecord>();
        int at = HeaderSize;
        while (at + HeadSize < end)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4));
            if (length <= 0 || length > end - at - HeadSize)
            {
                break;
            }

            records.Add(new MappedRecord(at, length, Rows(bytes.AsSpan(at + HeadSize, length), finder)));
            at += HeadSize + ((length + 7) & ~7);
        }

        return new SegmentMap(bytes, records, isSealed, isWhole: at == end);
    }

    private static (string, long)[] Rows(ReadOnlySpan<byte> payload, RowFinder finder) =>
        [.. finder.Find(payload).Where(row => row.Number is not null).Select(row => (row.Series, row.Number!.Value))];
}
