using Collector.Pipe.Delivery;

namespace Collector.Pipe.Spool;

/// <content>What is delivered.</content>
public sealed partial class SpoolLog
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
            SettleUncounted();
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

    /// <summary>
    /// Rows of a segment of which nothing is owed any more, and that nobody could count: their heads were lost after they were
    /// read. Whoever delivered them takes them off its own count (<see cref="TableLedger"/>).
    /// </summary>
    private void SettleUncounted()
    {
        foreach (Segment segment in _segments)
        {
            if (segment.PendingRows > 0 && IsDelivered(segment))
            {
                _droppedCorrupt += segment.PendingRows;
                (segment.CompletedRows, segment.CompletedBytes) = (segment.Totals.Rows, segment.Totals.Bytes);
            }
        }
    }

    /// <summary>Counts a range no reader has handed out in just these bounds; its heads are read from the file.</summary>
    private ReadMark Measure(Segment segment, IdRange ids)
    {
        var totals = default(SegmentTotals);
        long offset = segment.OffsetBefore(ids.First);
        using var reader = new SegmentReader(segment.Path, Disk) { Position = offset, KnownEnd = segment.DataEnd };
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
}
