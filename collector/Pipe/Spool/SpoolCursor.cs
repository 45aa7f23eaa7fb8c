using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Collector.Pipe.Spool;

/*  Cursor file of a log, version 1: two slots of 4096 bytes, written in turn; the valid one with the higher sequence counts.
    A write torn by a power cut spoils one slot, the other still holds the state before it.

     0  4  magic       "CCUR"
     4  4  version     1
     8  8  sequence
    16  8  watermark   the lowest record id still owed
    24  8  next id     no record bears this id or a higher one
    32  4  clean       1: the log was closed in order
    36  4  ranges      number of the ranges below, at most 250
    40  …  ranges      first id u64, last id u64 (included): delivered beyond the watermark
     …  4  CRC32C      of all before it

    At least once is enough here. The cursor is written, not synced, at each Complete: a process that is killed loses nothing,
    a power cut loses the last second and those records are offered again. The store dedups them where the table has keys,
    and where it has none the guarantee is at least once anyway. Only before a segment is deleted is the cursor synced, lest
    the ids in it look missing. Ranges above 250 are left out for the same reason: they are offered again.  */

/// <summary>What a cursor file says.</summary>
public sealed record CursorState(DeliveredIds Delivered, ulong NextId, bool IsClean);

/// <summary>Keeps on disk which records of a log are delivered.</summary>
internal sealed class SpoolCursor : IDisposable
{
    public const string FileName = "cursor";

    /// <summary>Ranges that fit a slot.</summary>
    public const int MaxRanges = 250;

    private const int SlotSize = 4096;
    private const int RangesAt = 40;
    private const uint Version = 1;
    private const uint Magic = 0x52554343; // "CCUR"

    private readonly SafeFileHandle _file;
    private readonly SpoolDisk _disk;
    private readonly byte[] _slot = new byte[SlotSize];
    private ulong _sequence;

    private SpoolCursor(SafeFileHandle file, SpoolDisk disk)
    {
        _file = file;
        _disk = disk;
    }

    /// <summary>The state is null when the file is new or neither slot can be read.</summary>
    public static SpoolCursor Open(string directory, SpoolDisk disk, out CursorState? state)
    {
        SafeFileHandle file = File.OpenHandle(
            Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        var cursor = new SpoolCursor(file, disk);
        state = cursor.ReadLatest();
        return cursor;
    }

    /// <summary>The state without touching the file, as any process may ask for it; null as in <see cref="Open"/>.</summary>
    public static CursorState? Look(string directory)
    {
        string path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        using var cursor = new SpoolCursor(
            File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), new SpoolDisk());
        return cursor.ReadLatest();
    }

    private CursorState? ReadLatest()
    {
        CursorState? state = null;
        for (int slot = 0; slot < 2; slot++)
        {
            if (TryRead(_slot.AsSpan(0, ReadSlot(slot)), out ulong sequence, out CursorState? found) && (state is null || sequence > _sequence))
            {
                state = found;
                _sequence = sequence;
            }
        }

        return state;
    }

    private int ReadSlot(int slot)
    {
        try
        {
            return _disk.Read(_file, _slot, (long)slot * SlotSize);
        }
        catch (IOException e) when (SpoolDisk.HasLost(e))
        {
            return 0; // as good as torn
        }
    }

    public void Write(DeliveredIds delivered, ulong nextId, bool isClean)
    {
        Span<byte> slot = _slot;
        int ranges = Math.Min(delivered.Ranges.Count, MaxRanges);
        BinaryPrimitives.WriteUInt32LittleEndian(slot, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[4..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[8..], ++_sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[16..], delivered.Watermark);
        BinaryPrimitives.WriteUInt64LittleEndian(slot[24..], nextId);
        BinaryPrimitives.WriteInt32LittleEndian(slot[32..], isClean ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(slot[36..], ranges);
        int at = RangesAt;
        for (int i = 0; i < ranges; i++, at += 16)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(slot[at..], delivered.Ranges[i].First);
            BinaryPrimitives.WriteUInt64LittleEndian(slot[(at + 8)..], delivered.Ranges[i].Last);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(slot[at..], Crc32C.Of(slot[..at]));
        _disk.Write(_file, slot[..(at + 4)], (long)(_sequence % 2) * SlotSize);
    }

    public void Sync() => _disk.Sync(_file);

    public void Dispose() => _file.Dispose();

    private static bool TryRead(ReadOnlySpan<byte> slot, out ulong sequence, out CursorState? state)
    {
        sequence = 0;
        state = null;
        if (slot.Length < RangesAt + 4
            || BinaryPrimitives.ReadUInt32LittleEndian(slot) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(slot[4..]) != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(slot[36..]) > MaxRanges)
        {
            return false;
        }

        int end = RangesAt + (16 * BinaryPrimitives.ReadInt32LittleEndian(slot[36..]));
        if (slot.Length < end + 4 || BinaryPrimitives.ReadUInt32LittleEndian(slot[end..]) != Crc32C.Of(slot[..end]))
        {
            return false;
        }

        sequence = BinaryPrimitives.ReadUInt64LittleEndian(slot[8..]);
        var delivered = new DeliveredIds(BinaryPrimitives.ReadUInt64LittleEndian(slot[16..]));
        for (int at = RangesAt; at < end; at += 16)
        {
            delivered.Add(
                BinaryPrimitives.ReadUInt64LittleEndian(slot[at..]), BinaryPrimitives.ReadUInt64LittleEndian(slot[(at + 8)..]));
        }

        state = new CursorState(
            delivered,
            BinaryPrimitives.ReadUInt64LittleEndian(slot[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(slot[32..]) == 1);
        return true;
    }
}
