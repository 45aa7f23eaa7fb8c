using System.Buffers;
using System.Runtime.InteropServices;

namespace Collector.Pipe.Spool;

/// <summary>One record in a batch, so that a bad row can be named by its record and its place in it.</summary>
/// <param name="Id">The record's id.</param>
/// <param name="Rows">Its number of rows.</param>
/// <param name="Offset">Where its lines begin in <see cref="SpoolBatch.Lines"/>, in bytes.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BatchRecord(ulong Id, int Rows, int Offset);

/// <summary>Whole records of one table, their lines in one piece. Reused from read to read; its memory is let go of in between.</summary>
public sealed class SpoolBatch
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

    /// <summary>Id of the first record read; 0 before any.</summary>
    public ulong FirstId { get; private set; }

    /// <summary>Id of the last record read. Ids between the two that are not in the batch were delivered before.</summary>
    public ulong LastId { get; private set; }

    /// <summary>Gives the memory back. The batch is empty, and knows which records it held.</summary>
    public void LetGo()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        ArrayPool<BatchRecord>.Shared.Return(_records);
        (_buffer, _records) = ([], []);
        (_length, _count, Rows) = (0, 0, 0);
    }

    /// <summary>Holds what the other one has read.</summary>
    internal void TakeFrom(SpoolBatch other)
    {
        LetGo();
        (_buffer, _records, _length, _count) = (other._buffer, other._records, other._length, other._count);
        (Rows, FirstId, LastId) = (other.Rows, other.FirstId, other.LastId);
        (other._buffer, other._records, other._length, other._count) = ([], [], 0, 0);
    }

    internal void Clear()
    {
        (_length, _count, Rows) = (0, 0, 0);
        (FirstId, LastId) = (0, 0);
    }

    internal bool HasRoom(in RecordHead head, int maxRows, int maxBytes) =>
        head.Rows <= maxRows - Rows && head.Length <= maxBytes - _length;

    /// <summary>False when the payload is damaged; the batch is then as before.</summary>
    /// <param name="expected">Bytes that are likely to come, so that memory for them is taken at once.</param>
    internal bool TryAdd(SegmentReader from, in RecordHead head, long expected)
    {
        Grow(ref _buffer, _length + head.Length, IsEmpty ? expected : 0);
        Grow(ref _records, _count + 1, 0);
        if (!from.TryReadPayload(head, _buffer.AsSpan(_length, head.Length)))
        {
            return false;
        }

        FirstId = IsEmpty ? head.Id : FirstId;
        LastId = head.Id;
        _records[_count++] = new BatchRecord(head.Id, head.Rows, _length);
        _length += head.Length;
        Rows += head.Rows;
        return true;
    }

    private static void Grow<T>(ref T[] array, int needed, long expected)
    {
        if (needed > array.Length)
        {
            T[] larger = ArrayPool<T>.Shared.Rent((int)Math.Min(Math.Max(needed, Math.Max(expected, array.Length * 2L)), Array.MaxLength));
            array.CopyTo(larger, 0);
            ArrayPool<T>.Shared.Return(array);
            array = larger;
        }
    }
}
