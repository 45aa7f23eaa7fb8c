using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Collector.Delivery.Spool;

/// <summary>Walks over the records of one segment file through a window, so that small records cost no system call each.</summary>
internal sealed class SegmentReader : IDisposable
{
    private const int WindowSize = 128 * 1024;

    private readonly SafeFileHandle _file;
    private readonly byte[] _window = ArrayPool<byte>.Shared.Rent(WindowSize);
    private long _windowAt;
    private int _windowLength;
    private bool _isDisposed;

    public SegmentReader(string path)
    {
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
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

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _file.Dispose();
            ArrayPool<byte>.Shared.Return(_window);
        }
    }

    private int ReadFully(Span<byte> into, long at)
    {
        int done = 0;
        while (done < into.Length)
        {
            int read = RandomAccess.Read(_file, into[done..], at + done);
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return done;
    }
}
