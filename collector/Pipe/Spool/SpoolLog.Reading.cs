namespace Collector.Pipe.Spool;

/// <content>What readers ask of the log under its lock.</content>
public sealed partial class SpoolLog
{
    /// <summary>A reader from the oldest undelivered record on.</summary>
    /// <param name="stopBefore">The reader ends before this id; null: it never ends.</param>
    public SpoolReader OpenReader(ulong? stopBefore = null)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return new SpoolReader(this, _delivered.NextOwed(1, out _), stopBefore ?? ulong.MaxValue, EndPlace());
        }
    }

    /// <summary>
    /// A reader of what is pending in the two newest segments, up to the present end: however long the backlog, how it ends.
    /// Replayed rows are passed over: they stand at the end and are old.
    /// </summary>
    public SpoolReader OpenReaderNearEnd()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            ulong first = _nextId;
            for (int i = _segments.Count - 1, found = 0; i >= 0 && found < 2; i--)
            {
                if (_segments[i] is { IsEmpty: false, IsReplayed: false })
                {
                    first = _segments[i].FirstId;
                    found++;
                }
            }

            return new SpoolReader(this, _delivered.NextOwed(first, out _), _nextId, EndPlace()) { SkipsReplayed = true };
        }
    }

    /// <summary>
    /// A reader of all records from this one up to the present end whose file is still there, delivered or not. Replayed rows
    /// are passed over.
    /// </summary>
    public SpoolReader OpenReaderOfAll(ulong from)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return new SpoolReader(this, from, _nextId, EndPlace()) { SkipsReplayed = true, IncludesDelivered = true };
        }
    }

    /// <summary>
    /// Reads records into a batch that has held them before and let go of its memory. They are the same unless the disk has
    /// lost some of them: the batch then ends before these, or is empty where none is left. Throws as
    /// <see cref="SpoolReader.Read"/> does, and changes nothing then.
    /// </summary>
    /// <param name="ids">The first and the last of the records.</param>
    /// <param name="bytes">What they are together, at the most.</param>
    public void ReadAgain(SpoolBatch batch, in IdRange ids, int bytes)
    {
        var again = new SpoolBatch();
        try
        {
            using SpoolReader reader = OpenReaderBetween(ids);
            if (!reader.Read(again, int.MaxValue, bytes) && NextOwed(ids.First, out _) <= ids.Last)
            {
                throw new IOException($"records {ids.First} to {ids.Last} cannot be read for now");
            }

            batch.TakeFrom(again);
        }
        finally
        {
            Release(again); // the batch itself has held its segments all the time
        }
    }

    private SpoolReader OpenReaderBetween(in IdRange ids)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            return new SpoolReader(this, ids.First, ids.Last + 1, EndPlace());
        }
    }

    /// <summary>
    /// A reader of what is appended from now on. Its <see cref="SpoolReader.NextId"/> is where a reader of the backlog stops.
    /// </summary>
    public SpoolReader OpenReaderAtEnd()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            ReadPlace end = EndPlace();
            return new SpoolReader(this, _nextId, ulong.MaxValue, end) { Place = end };
        }
    }

    /// <summary>
    /// How far the reader may read where it stands, or the segment it goes on in; false: nothing to read now. No such segment
    /// is dropped before the batch is released.
    /// </summary>
    internal bool TryPlace(SpoolReader reader, SpoolBatch into, out Segment? segment, out long end)
    {
        lock (_gate)
        {
            Segment? at = reader.Place.Segment;
            segment = at;
            end = 0;
            if (_isClosed)
            {
                return false;
            }

            if (at is { IsGone: false })
            {
                end = at.DataEnd;
                if (reader.Place.Offset < end)
                {
                    Hold(into, at);
                    return true;
                }

                if (!at.IsSealed)
                {
                    return false;
                }
            }

            // Only forward: what lies behind may end in ids that were done out of order, and would be read again for ever.
            for (int i = at is { IsGone: false } ? _segments.IndexOf(at) + 1 : 0; i < _segments.Count; i++)
            {
                segment = _segments[i];
                if (!segment.IsEmpty && segment.LastId >= reader.NextId && !(reader.SkipsReplayed && segment.IsReplayed))
                {
                    end = segment.DataEnd;
                    Hold(into, segment);
                    return true;
                }
            }

            return false;
        }
    }

    internal ulong NextOwed(ulong from, out ulong until)
    {
        lock (_gate)
        {
            return _delivered.NextOwed(from, out until);
        }
    }

    internal void Mark(Segment segment, in ReadMark mark)
    {
        lock (_gate)
        {
            segment.Mark(mark);
        }
    }

    /// <summary>True: there is something to read. False: never again. Null: wait for the task.</summary>
    internal bool? HasMore(ulong nextId, ulong stopBefore, out Task arrival)
    {
        lock (_gate)
        {
            arrival = Task.CompletedTask;
            ulong owed = _delivered.NextOwed(nextId, out _);
            if (_isClosed || nextId >= stopBefore || owed >= stopBefore)
            {
                return false;
            }

            if (owed < _nextId)
            {
                return true;
            }

            _arrival ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            arrival = _arrival.Task;
            return null;
        }
    }

    /// <summary>Rows and payload bytes a reader has before it, from its place to its stop.</summary>
    internal (long Rows, long Bytes) PendingFrom(in ReadPlace place, ulong nextId, ulong stopBefore, in ReadPlace stop)
    {
        lock (_gate)
        {
            long rows = 0;
            long bytes = 0;
            foreach (Segment segment in _segments)
            {
                if (segment.IsEmpty || segment.LastId < nextId || segment.FirstId >= stopBefore)
                {
                    continue;
                }

                bool isStop = ReferenceEquals(segment, stop.Segment) && segment.LastId >= stopBefore;
                bool isHere = ReferenceEquals(segment, place.Segment);
                rows += (isStop ? stop.Rows : segment.Totals.Rows)
                    - Math.Max(segment.CompletedRows, isHere ? place.Rows : 0);
                bytes += (isStop ? stop.Bytes : segment.Totals.Bytes)
                    - Math.Max(segment.CompletedBytes, isHere ? place.Bytes : 0);
            }

            return (Math.Max(0, rows), Math.Max(0, bytes));
        }
    }

    private ReadPlace EndPlace() => _writer is { Segment: { } open }
        ? new ReadPlace(open, open.DataEnd, open.Totals.Rows, open.Totals.Bytes)
        : default;
}
