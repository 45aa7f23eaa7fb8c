namespace Collector.Pipe.Spool;

/// <content>Room for new rows: segments that nobody owes any more are deleted, and others when they have to be.</content>
public sealed partial class SpoolLog
{
    /// <summary>From the segment on in which a batch under way begins, to where it may end.</summary>
    private readonly Dictionary<SpoolBatch, IdRange> _held = [];

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

    /// <summary>Deletes what the last run had delivered and not deleted yet.</summary>
    public void DropDelivered()
    {
        List<Segment>? gone;
        lock (_gate)
        {
            gone = _isClosed ? null : TakeDelivered();
        }

        Delete(gone);
    }

    /// <summary>
    /// Deletes the oldest segment of which no batch is under way, and counts what of it was pending; an open one is sealed for
    /// it if need be. Rows that are under way may be in the store: what is dropped is not.
    /// </summary>
    public bool TryDropOldest(bool evenOpen)
    {
        Segment segment;
        lock (_gate)
        {
            if (_isClosed || OldestToDrop(evenOpen) is not { } oldest)
            {
                return false;
            }

            segment = oldest;
            if (!segment.IsSealed)
            {
                Retire();
            }

            _droppedOldest += segment.PendingRows;
            _delivered.Add(segment.FirstId, segment.LastId);
            segment.IsGone = true;
            _segments.Remove(segment);
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

    /// <summary>The batch is done with, or given up: what of its segments is left may be dropped.</summary>
    internal void Release(SpoolBatch batch)
    {
        lock (_gate)
        {
            _held.Remove(batch);
        }
    }

    private void Hold(SpoolBatch batch, Segment segment) =>
        _held[batch] = new IdRange(_held.TryGetValue(batch, out IdRange held) ? held.First : segment.FirstId, segment.LastId);

    private Segment? OldestToDrop(bool evenOpen)
    {
        foreach (Segment segment in _segments)
        {
            if (!segment.IsEmpty && (segment.IsSealed || evenOpen) && !IsHeld(segment))
            {
                return segment;
            }
        }

        return null;
    }

    private bool IsHeld(Segment segment)
    {
        foreach (IdRange held in _held.Values)
        {
            if (held.First <= segment.LastId && held.Last >= segment.FirstId)
            {
                return true;
            }
        }

        return false;
    }

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

        _context.BeforeDelete(Table);
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
}
