namespace Collector.Pipe.Spool;

/// <content>Appending, and the wake-up of readers.</content>
public sealed partial class SpoolLog
{
    private readonly GroupCommit _commit;
    private TaskCompletionSource? _arrival;

    /// <inheritdoc cref="AppendAsync(ReadOnlyMemory{byte}, int, Action{ulong}, CancellationToken)"/>
    public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> lines, int rows, CancellationToken cancellation = default) =>
        AppendAsync(lines, rows, written: null, cancellation);

    /// <summary>
    /// Appends one record. The write happens before this returns; only <see cref="FsyncMode.Always"/> has something to wait
    /// for afterwards. Cancellation is looked at before the write and not after it: the outcome is then known soon, and
    /// whoever gave up waiting would not know it.
    /// </summary>
    /// <param name="lines">One or more complete lines; the last byte is a newline.</param>
    /// <param name="rows">Number of rows in them, at least 1.</param>
    /// <param name="written">Is told the record's id once it stands in the file, before any reader sees it, under the log's lock.</param>
    /// <param name="cancellation">Stops the append before it has begun.</param>
    public ValueTask<AppendResult> AppendAsync(ReadOnlyMemory<byte> lines, int rows, Action<ulong>? written, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        if (lines.IsEmpty || lines.Span[^1] != (byte)'\n' || lines.Length > SegmentFormat.MaxPayload)
        {
            throw new ArgumentException(
                $"A record is 1 to {SegmentFormat.MaxPayload} bytes of complete lines that end in a newline.", nameof(lines));
        }

        cancellation.ThrowIfCancellationRequested();
        uint crc = Crc32C.Of(lines.Span);
        long size = SegmentFormat.RecordSize(lines.Length);
        FullReason full = Reserve(size);
        if (full != FullReason.None)
        {
            return ValueTask.FromResult(AppendResult.Full(full));
        }

        AppendResult result = Write(lines, rows, crc, written, out TaskCompletionSource? arrival);
        arrival?.TrySetResult();
        if (result.Status != AppendStatus.Appended)
        {
            _context.Space.Add(-size);
            return ValueTask.FromResult(result);
        }

        return _context.Options.Fsync == FsyncMode.Always
            ? CommitAsync(result)
            : ValueTask.FromResult(result);
    }

    private FullReason Reserve(long size)
    {
        FullReason full = _context.Space.Reserve(size);
        if (full == FullReason.None)
        {
            return full;
        }

        if (_context.TryReclaim())
        {
            full = _context.Space.Reserve(size);
        }

        // Bounded: every turn drops a segment.
        while (full != FullReason.None
            && _context.Options.WhenFull == WhenFull.DropOldest
            && size <= _context.Options.MaxBytes.Bytes
            && _context.TryDropOldest(size))
        {
            full = _context.Space.Reserve(size);
        }

        return full;
    }

    private AppendResult Write(ReadOnlyMemory<byte> lines, int rows, uint crc, Action<ulong>? written, out TaskCompletionSource? arrival)
    {
        arrival = null;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            try
            {
                SegmentWriter writer = WriterFor(SegmentFormat.RecordSize(lines.Length));
                long now = _context.NowMicros;
                var head = new RecordHead(lines.Length, _nextId, now, rows, crc);
                writer.Append(head, lines);
                if (_oldestPendingMicros == 0)
                {
                    _oldestPendingMicros = now;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Refused(e.Message);
            }

            _accepted += rows;
            written?.Invoke(_nextId);
            (arrival, _arrival) = (_arrival, null);
            return AppendResult.Appended(_nextId++);
        }
    }

    /// <summary>
    /// A file that could not be cut back is left as it is, and so is the id: the record may stand in it whole, to be found
    /// at the next start.
    /// </summary>
    private AppendResult Refused(string error)
    {
        if (_writer is { IsBroken: true })
        {
            Retire();
            _delivered.Add(_nextId, _nextId);
            _nextId++;
        }

        if (_context.Repeated.IsDue())
        {
            LogAppendFailed(_context.Logger, Table, error);
        }

        return AppendResult.Failed(error);
    }

    private SegmentWriter WriterFor(long size)
    {
        if (_writer is { Segment: { IsEmpty: false } segment } && segment.FileBytes + size > _context.Options.SegmentBytes.Bytes)
        {
            Retire();
        }

        if (_writer is null)
        {
            SkipTakenNames();
            _writer = SegmentWriter.Create(_directory, _nextId, _context.NowMicros, _context.Disk);
            _segments.Add(_writer.Segment);
            _context.Space.Add(SegmentFormat.HeaderSize);
            _hasNewFiles = true;
        }

        return _writer;
    }

    /// <summary>Seals the open segment; its handle stays open until its bytes are synced.</summary>
    private void Retire()
    {
        if (_writer is not { } writer)
        {
            return;
        }

        _writer = null;
        if (writer.Segment.IsEmpty)
        {
            GiveUpEmpty(writer);
        }
        else
        {
            long before = writer.Segment.FileBytes;
            writer.Seal();
            _context.Space.Add(writer.Segment.FileBytes - before);
        }

        if (_context.Options.Fsync == FsyncMode.Os)
        {
            writer.Dispose();
        }
        else
        {
            _retired.Add(writer);
        }
    }

    /// <summary>
    /// No record came into this segment. Its file would only be in the way of the next one, which begins with the same id;
    /// one that could not be cut back is left for the next start, which looks at what stands in it.
    /// </summary>
    private void GiveUpEmpty(SegmentWriter writer)
    {
        _segments.Remove(writer.Segment);
        writer.Segment.IsGone = true;
        _context.Space.Add(-writer.Segment.FileBytes);
        try
        {
            if (!writer.IsBroken)
            {
                File.Delete(writer.Segment.Path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next segment then begins with another id.
        }
    }

    /// <summary>
    /// Passes over ids whose file name is taken, by what a failing disk would not let go. An id is cheap; a table that takes
    /// no rows until somebody looks into its folder is not.
    /// </summary>
    private void SkipTakenNames()
    {
        while (Path.Exists(Path.Combine(_directory, SegmentFormat.FileName(_nextId))))
        {
            _delivered.Add(_nextId, _nextId);
            _nextId++;
        }
    }

    private async ValueTask<AppendResult> CommitAsync(AppendResult appended)
    {
        string? error = await _commit.JoinAsync();
        if (error is null && appended.RecordId <= Volatile.Read(ref _unsyncedThrough))
        {
            // An earlier sync took this record along and failed; the one waited for had nothing left to do.
            error = "an earlier sync of this record failed";
        }

        return error is null ? appended : AppendResult.Failed(error);
    }
}
