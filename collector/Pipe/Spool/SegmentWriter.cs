using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Collector.Pipe.Spool;

/// <summary>The open end of a log: appends records to one file, one write each. Guarded by its log's lock.</summary>
internal sealed class SegmentWriter : IDisposable
{
    /// <summary>
    /// Records up to this size are put together in a pooled buffer, which allocates nothing; larger ones go out as a gathered
    /// write, which costs the runtime some 400 bytes and keeps the pool small.
    /// </summary>
    private const int CopyLimit = 1024 * 1024;

    private readonly SafeFileHandle _file;
    private readonly SpoolDisk _disk;
    private readonly byte[] _frame = new byte[SegmentFormat.HeadSize + SegmentFormat.Alignment];
    private readonly ReadOnlyMemory<byte>[] _parts = new ReadOnlyMemory<byte>[3];

    private SegmentWriter(Segment segment, SafeFileHandle file, SpoolDisk disk)
    {
        Segment = segment;
        _file = file;
        _disk = disk;
    }

    public Segment Segment { get; }

    /// <summary>Written to since the last sync.</summary>
    public bool IsDirty { get; set; }

    /// <summary>A write failed and its remains could not be cut off: nothing may be appended behind them.</summary>
    public bool IsBroken { get; private set; }

    public static SegmentWriter Create(string directory, ulong firstId, long createdMicros, SpoolDisk disk, bool isReplayed = false)
    {
        string path = Path.Combine(directory, SegmentFormat.FileName(firstId));
        SafeFileHandle file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            Span<byte> header = stackalloc byte[SegmentFormat.HeaderSize];
            new SegmentHeader(SegmentFormat.Version, firstId, createdMicros, isReplayed).Write(header);
            disk.Write(file, header, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Left behind, the name would cost the next attempt its id.
            file.Dispose();
            File.Delete(path);
            throw;
        }

        return new SegmentWriter(new Segment(path, firstId) { IsReplayed = isReplayed }, file, disk) { IsDirty = true };
    }

    public static SegmentWriter Reopen(Segment segment, SpoolDisk disk) =>
        new(segment, File.OpenHandle(segment.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete), disk);

    /// <summary>Throws what the disk says, after the file has been brought back to its last whole record.</summary>
    public void Append(in RecordHead head, ReadOnlyMemory<byte> payload)
    {
        long size = head.Size;
        try
        {
            if (size <= CopyLimit)
            {
                WriteCopied(head, payload.Span, (int)size);
            }
            else
            {
                WriteGathered(head, payload, (int)(size - SegmentFormat.HeadSize) - payload.Length);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CutBack();
            throw;
        }

        IsDirty = true;
        Segment.Totals.Add(head);
        Segment.DataEnd += size;
        Segment.FileBytes = Segment.DataEnd;
    }

    /// <summary>Closes the segment with its footer. A segment without is merely slower to open.</summary>
    public void Seal()
    {
        Segment.IsSealed = true;
        if (IsBroken)
        {
            return;
        }

        try
        {
            Span<byte> footer = stackalloc byte[SegmentFormat.FooterSize];
            new SegmentFooter(Segment.Totals).Write(footer);
            _disk.Write(_file, footer, Segment.DataEnd);
            Segment.FileBytes = Segment.DataEnd + SegmentFormat.FooterSize;
            IsDirty = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CutBack();
        }
    }

    public void Sync() => _disk.Sync(_file);

    public void Dispose() => _file.Dispose();

    private void WriteCopied(in RecordHead head, ReadOnlySpan<byte> payload, int size)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            Span<byte> record = buffer.AsSpan(0, size);
            head.Write(record);
            payload.CopyTo(record[SegmentFormat.HeadSize..]);
            record[(SegmentFormat.HeadSize + payload.Length)..].Clear();
            _disk.Write(_file, record, Segment.DataEnd);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void WriteGathered(in RecordHead head, ReadOnlyMemory<byte> payload, int padding)
    {
        head.Write(_frame);
        _parts[0] = _frame.AsMemory(0, SegmentFormat.HeadSize);
        _parts[1] = payload;
        _parts[2] = _frame.AsMemory(SegmentFormat.HeadSize, padding);
        try
        {
            _disk.Write(_file, _parts, Segment.DataEnd);
        }
        finally
        {
            _parts[1] = default;
        }
    }

    /// <summary>Makes the file end behind its last whole record.</summary>
    public void CutBack()
    {
        try
        {
            _disk.SetLength(_file, Segment.DataEnd);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            IsBroken = true;
        }
    }
}
