using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Collector.Pipe.Spool;

/// <summary>
/// Walks over the records of one segment file through a window, so that small records cost no system call each. Blocks that the
/// disk does not give back read as bytes that are part of no record: what they held is rotten like any other damage.
/// </summary>
internal sealed class SegmentReader : IDisposable
{
    private const int WindowSize = 128 * 1024;

    /// <summary>The least that a disk loses: a page of the cache, a sector of most drives.</summary>
    private const int BlockSize = 4096;

    /// <summary>In place of a lost byte. Zeros would pass for blocks that were never written, behind which nothing is owed.</summary>
    private const byte Lost = 0xFF;

    private readonly SpoolDisk _disk;
    private readonly SafeFileHandle _file;
    private readonly HashSet<long> _lost = [];
    private byte[] _window = [];
    private long _windowAt;
    private int _windowLength;
    private bool _isDisposed;

    public SegmentReader(string path, SpoolDisk disk)
    {
        _disk = disk;
        _file = disk.OpenRead(path);
    }

    /// <summary>Offset of the record to be read next.</summary>
    public long Position { get; set; } = SegmentFormat.HeaderSize;

    public long FileLength => RandomAccess.GetLength(_file);

    /// <summary>The bytes at this place, as many as there are before <paramref name="end"/>; valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek(long at, int count, long end)
    {
        count = (int)Math.Min(count, end - at);
        if (at < _windowAt || at + count > _windowAt + _windowLength)
        {
            if (_window.Length == 0)
            {
                _window = ArrayPool<byte>.Shared.Rent(WindowSize);
            }

            // Nothing behind the end is taken along: what an appender is writing there now would be stale later.
            _windowLength = ReadFully(_window.AsSpan(0, (int)Math.Min(WindowSize, end - at)), at);
            _windowAt = at;
        }

        int from = (int)(at - _windowAt);
        return _window.AsSpan(from, Math.Max(0, Math.Min(count, _windowLength - from)));
    }

    /// <summary>The head at the position; false when it is damaged, or an intact one that announces more than there is.</summary>
    public bool TryReadHead(long end, out RecordHead head) =>
        RecordHead.TryRead(Peek(Position, SegmentFormat.HeadSize, end), out head) && Position + head.Size <= end;

    /// <summary>Copies the payload of the record at the position; false when it does not bear its sum.</summary>
    public bool TryReadPayload(in RecordHead head, Span<byte> into)
    {
        long at = Position + SegmentFormat.HeadSize;
        int inWindow = (int)Math.Clamp(_windowAt + _windowLength - at, 0, head.Length);
        if (at < _windowAt)
        {
            inWindow = 0;
        }

        if (inWindow < head.Length && head.Length <= WindowSize / 4)
        {
            // One read that brings the following records along as well.
            long end = Math.Max(at + head.Length, KnownEnd);
            Peek(at, head.Length, end).CopyTo(into);
            return Crc32C.Of(into) == head.PayloadCrc;
        }

        _window.AsSpan((int)Math.Max(0, at - _windowAt), inWindow).CopyTo(into);
        int rest = head.Length - inWindow;
        return ReadFully(into[inWindow..], at + inWindow) == rest && Crc32C.Of(into) == head.PayloadCrc;
    }

    /// <summary>How far the file is known to hold whole records; the window may read up to here.</summary>
    public long KnownEnd { get; set; }

    /// <summary>A part of these bytes was read and not given back.</summary>
    public bool IsLost(long from, long end)
    {
        for (long block = from / BlockSize; _lost.Count > 0 && block * BlockSize < end; block++)
        {
            if (_lost.Contains(block))
            {
                return true;
            }
        }

        return false;
    }

    public void Skip(in RecordHead head) => Position += head.Size;

    /// <summary>
    /// Moves on to the next place that bears an intact head with a higher id. A payload that imitates a record could only be
    /// taken for one if the head before it is rotten.
    /// </summary>
    public bool TryResync(long end, ulong after)
    {
        for (long at = Position + SegmentFormat.Alignment; at + SegmentFormat.HeadSize <= end; at += SegmentFormat.Alignment)
        {
            if (RecordHead.TryRead(Peek(at, SegmentFormat.HeadSize, end), out RecordHead head)
                && head.Id > after
                && at + head.Size <= end)
            {
                Position = at;
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives the window back until it is needed again: a reader that waits holds an open file, and no memory.</summary>
    public void Rest()
    {
        ArrayPool<byte>.Shared.Return(_window);
        (_window, _windowAt, _windowLength) = ([], 0, 0);
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _file.Dispose();
            Rest();
        }
    }

    /// <summary>
    /// In one piece while all goes well, else block by block, each lost one tried once: a disk may take seconds to give one up.
    /// </summary>
    private int ReadFully(Span<byte> into, long at)
    {
        int done = 0;
        bool isByBlock = _lost.Count > 0;
        while (done < into.Length)
        {
            long from = at + done;
            Span<byte> part = into[done..];
            part = isByBlock ? part[..(int)Math.Min(part.Length, BlockSize - (from % BlockSize))] : part;
            try
            {
                int read = _lost.Contains(from / BlockSize) ? Fill(part) : _disk.Read(_file, part, from);
                if (read == 0)
                {
                    break;
                }

                done += read;
            }
            catch (IOException e) when (SpoolDisk.HasLost(e))
            {
                if (isByBlock)
                {
                    _lost.Add(from / BlockSize);
                }

                isByBlock = true;
            }
        }

        return done;
    }

    private static int Fill(Span<byte> part)
    {
        part.Fill(Lost);
        return part.Length;
    }
}
