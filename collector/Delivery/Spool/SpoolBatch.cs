using System.Numerics;
using System.Runtime.InteropServices;

namespace Collector.Delivery.Spool;

/// <summary>One record in a batch, so that a bad row can be named by its record and its place in it.</summary>
/// <param name="Id">The record's id.</param>
/// <param name="Rows">Its number of rows.</param>
/// <param name="Offset">Where its lines begin in <see cref="SpoolBatch.Lines"/>, in bytes.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BatchRecord(ulong Id, int Rows, int Offset);

/// <summary>Whole records of one table, their lines in one piece. Reused from read to read; it grows to what it once held.</summary>
internal sealed class SpoolBatch
{
    private byte[] _buffer = [];
    private BatchRecord[] _records = [];
    private int _length;
    private int _count;

    /// <summary>All lines, exactly as they were appended; valid until the next read into this batch.</summary>
    public ReadOnlyMemory<byte> Lines => _buffer.AsMemory(0, _length);

    public ReadOnlySpan<BatchRecord> Records => _records.AsSpan(0, _count);

    public int Rows { get; private set; }

    public bool IsEmpty => _count == 0;

    /// <summary>Id of the first record; 0 when empty.</summary>
    public ulong FirstId => IsEmpty ? 0 : _records[0].Id;

    /// <summary>Id of the last record; 0 when empty. Ids between the two that are not in the batch were delivered before.</summary>
    public ulong LastId => IsEmpty ? 0 : _records[_count - 1].Id;

    internal void Clear()
    {
        _length = 0;
        _count = 0;
        Rows = 0;
    }

    internal bool HasRoom(in RecordHead head, int maxRows, int maxBytes) =>
        head.Rows <= maxRows - Rows && head.Length <= maxBytes - _length;

    /// <summary>False when the payload is damaged; the batch is then as before.</summary>
    internal bool TryAdd(SegmentReader from, in RecordHead head)
    {
        Grow(ref _buffer, _length + head.Length);
        Grow(ref _records, _count + 1);
        if (!from.TryReadPayload(head, _buffer.AsSpan(_length, head.Length)))
        {
            return false;
        }

        _records[_count++] = new BatchRecord(head.Id, head.Rows, _length);
        _length += head.Length;
        Rows += head.Rows;
        return true;
    }

    private static void Grow<T>(ref T[] array, int needed)
    {
        if (needed > array.Length)
        {
            Array.Resize(ref array, (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)needed), (uint)Array.MaxLength));
        }
    }
}
