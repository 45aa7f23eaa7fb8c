using Microsoft.Extensions.Logging;

namespace Collector.Delivery.Spool;

/// <content>What is delivered, and the deletion of what nobody owes any more.</content>
internal sealed partial class SpoolLog
{
    /// <summary>An open segment that is wholly delivered is given up at this part of its full size.</summary>
    private const int IdleShare = 4;

    /// <summary>
    /// These records are delivered, ends included; ranges may come in any order and overlap. Ids of records that were never
    /// appended are a fault of the caller.
    /// </summary>
    public void Complete(ulong firstId, ulong lastId)
    {
        List<Segment>? gone;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            ArgumentOutOfRangeException.ThrowIfZero(firstId);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(firstId, lastId);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lastId, _nextId);
            for (int i = 0; i < _segments.Count; i++)
            {
                if (!_segments[i].IsEmpty && _segments[i].FirstId <= lastId && _segments[i].LastId >= firstId)
                {
                    CompleteIn(_segments[i], new IdRange(firstId, lastId));
                }
            }

            _delivered.Add(firstId, lastId);
            if (_writer is { } writer
                && writer.Segment.FileBytes > _context.Options.SegmentBytes.Bytes / IdleShare
                && IsDelivered(writer.Segment))
            {
                Retire();
            }

            gone = TakeDelivered();
            NoteOldest();
            WriteCursor(isClean: false);
        }

        Delete(gone);
    }

    /// <summary>Gives up the open segment if all in it is delivered, whatever its size: the spool needs the room.</summary>
    public bool Reclaim()
    {
        List<Segment>? gone;
        lock (_gate)
        {
            if (_isClosed || _writer is not { Segment.IsEmpty: false } || !IsDelivered(_writer.Segment))
            {
                return false;
            }

            Retire();
            gone = TakeDelivered();
            WriteCursor(isClean: false);
        }

        Delete(gone);
        return gone is not null;
    }

    /// <summary>Deletes the oldest segment and counts what of it was pending; an open one is sealed for it if need be.</summary>
    public bool TryDropOldest(bool evenOpen)
    {
        Segment segment;
        lock (_gate)
        {
            if (_isClosed || _segments.Count == 0 || _segments[0].IsEmpty || (!_segments[0].IsSealed && !evenOpen))
            {
                return false;
            }

            segment = _segments[0];
            if (!segment.IsSealed)
            {
                Retire();
            }

            _droppedOldest += segment.PendingRows;
            _delivered.Add(segment.FirstId, segment.LastId);
            segment.IsGone = true;
            _segments.RemoveAt(0);
            NoteOldest();
            WriteCursor(isClean: false);
            if (_context.Repeated.IsDue())
            {
                LogDropped(_context.Logger, Table, segment.PendingRows, segment.Path);
            }
        }

        Delete([segment]);
        return true;
    }

    private void CompleteIn(Segment segment, IdRange ids)
    {
        ulong end = Math.Min(ids.Last, segment.LastId);
        ulong owed = _delivered.NextOwed(Math.Max(ids.First, segment.FirstId), out ulong until);
        while (owed <= end)
        {
            var part = new IdRange(owed, Math.Min(until - 1, end));
            ReadMark counted = segment.TryFindMark(part, out ReadMark mark) ? mark : Measure(segment, part);
            segment.CompletedRows += counted.Rows;
            segment.CompletedBytes += counted.Bytes;
            _completed += counted.Rows;
            if (part.First == _delivered.Watermark && _oldestPendingMicros != 0)
            {
                _oldestPendingMicros = Math.Max(_oldestPendingMicros, counted.NewestMicros);
            }

            _delivered.Add(part.First, part.Last);
            owed = _delivered.NextOwed(part.Last + 1, out until);
        }

        segment.Unmark(ids);
    }

    /// <summary>Counts a range no reader has handed out in just these bounds; its heads are read from the file.</summary>
    private static ReadMark Measure(Segment segment, IdRange ids)
    {
        var totals = default(SegmentTotals);
        long offset = segment.OffsetBefore(ids.First);
        using var reader = new SegmentReader(segment.Path) { Position = offset, KnownEnd = segment.DataEnd };
        ulong last = segment.FirstId - 1;
        while (reader.Position < segment.DataEnd)
        {
            if (!reader.TryReadHead(segment.DataEnd, out RecordHead head))
            {
                if (!reader.TryResync(segment.DataEnd, last))
                {
                    break;
                }

                continue;
            }

            if (head.Id > ids.Last)
            {
                break;
            }

            if (head.Id >= ids.First)
            {
                totals.Add(head);
            }

            last = head.Id;
            reader.Skip(head);
        }

        return new ReadMark(ids.First, ids.Last, offset, totals.Rows, totals.Bytes, totals.NewestMicros);
    }

    private bool IsDelivered(Segment segment) =>
        !segment.IsEmpty && _delivered.Covers(segment.FirstId, segment.LastId);

    /// <summary>
    /// Beyond the watermark only what the cursor can remember may go, or the next start would take it for missing.
    /// </summary>
    private List<Segment>? TakeDelivered()
    {
        List<Segment>? gone = null;
        bool allRangesKept = _delivered.Ranges.Count <= SpoolCursor.MaxRanges;
        for (int i = _segments.Count - 1; i >= 0; i--)
        {
            Segment segment = _segments[i];
            if (segment.IsSealed && IsDelivered(segment) && (allRangesKept || segment.LastId < _delivered.Watermark))
            {
                segment.IsGone = true;
                _segments.RemoveAt(i);
                (gone ??= []).Add(segment);
            }
        }

        return gone;
    }

    private void Delete(List<Segment>? gone)
    {
        if (gone is null)
        {
            return;
        }

        lock (_syncGate)
        {
            SyncCursor();
            foreach (Segment segment in gone)
            {
                try
                {
                    File.Delete(segment.Path);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // It is found delivered at the next start and goes then.
                    LogNotDeleted(_context.Logger, segment.Path, e.Message);
                }

                _context.Space.Add(-segment.FileBytes);
            }
        }

        _context.Space.Forget();
    }

    private void NoteOldest()
    {
        foreach (Segment segment in _segments)
        {
            if (segment.PendingRows > 0)
            {
                _oldestPendingMicros = segment.CompletedRows == 0
                    ? segment.Totals.OldestMicros
                    : Math.Max(_oldestPendingMicros, segment.Totals.OldestMicros);
                return;
            }
        }

        _oldestPendingMicros = 0;
    }

    private void WriteCursor(bool isClean)
    {
        try
        {
            _cursor.Write(_delivered, _nextId, isClean);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CursorFailed(e.Message);
        }
    }

    private void SyncCursor()
    {
        if (_context.Options.Fsync == FsyncMode.Os)
        {
            return;
        }

        try
        {
            _cursor.Sync();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            CursorFailed(e.Message);
        }
    }

    private void CursorFailed(string error)
    {
        if (_context.Repeated.IsDue())
        {
            LogCursorFailed(_context.Logger, Table, error);
        }
    }

    [LoggerMessage(1112, LogLevel.Error, "The spool is full: dropped {Rows} undelivered rows of {Table}, the oldest, with {File}")]
    private static partial void LogDropped(ILogger logger, string table, long rows, string file);

    [LoggerMessage(1113, LogLevel.Warning, "Cannot delete {File}, all of which is delivered: {Error}")]
    private static partial void LogNotDeleted(ILogger logger, string file, string error);

    [LoggerMessage(1114, LogLevel.Error,
        "Cannot note what of {Table} is delivered: {Error}. After a restart it is offered again")]
    private static partial void LogCursorFailed(ILogger logger, string table, string error);
}
