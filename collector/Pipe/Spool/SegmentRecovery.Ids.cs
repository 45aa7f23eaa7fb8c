namespace Collector.Pipe.Spool;

/// <content>What the ids of the segments found mean together: gaps, and where ids go on.</content>
internal sealed partial class SegmentRecovery
{
    /// <summary>Ids between two segments, and before the first, that nobody delivered: their file is gone.</summary>
    private void CloseGaps(CursorState? cursor)
    {
        ulong next = cursor?.Delivered.Watermark ?? 0;
        foreach (Segment segment in _log.Segments)
        {
            if (segment.FirstId > next)
            {
                if (next > 0)
                {
                    NoteMissing(next, segment.FirstId % IdJump == 0 ? KnownBefore(segment.FirstId, cursor) : segment.FirstId, segment.Path);
                }

                _log.Delivered.Add(Math.Max(next, 1), segment.FirstId - 1);
            }

            next = segment.LastId + 1;
        }
    }

    /// <summary>
    /// Where ids begin anew, those left out look like those of a segment that is gone. The cursor tells them apart as far as
    /// it goes: the ids left out are delivered to it. Beyond it, and where it had no room for every range, nothing is known.
    /// </summary>
    private static ulong KnownBefore(ulong jumped, CursorState? cursor) =>
        cursor is null || cursor.Delivered.Ranges.Count >= SpoolCursor.MaxRanges ? 0 : Math.Min(jumped, cursor.NextId);

    private void NoteMissing(ulong from, ulong before, string place)
    {
        ulong missing = Owed(from, before);
        if (missing > 0)
        {
            _log.Damage.MissingRecords += missing;
            LogMissing(_directory, missing, place);
        }
    }

    private ulong Owed(ulong from, ulong before)
    {
        ulong owed = 0;
        for (ulong id = _log.Delivered.NextOwed(from, out ulong until); id < before; id = _log.Delivered.NextOwed(until, out until))
        {
            owed += Math.Min(until, before) - id;
        }

        return owed;
    }

    private void SettleNextId(CursorState? cursor)
    {
        if (cursor is not null)
        {
            NoteMissing(_lastId + 1, cursor.NextId, "its end");
        }

        ulong next = Math.Max(Math.Max(cursor?.NextId ?? 1, _log.Delivered.Watermark), _lastId + 1);
        bool isNew = cursor is null && _log.Segments.Count == 0 && _log.Damage == default;
        if (!isNew && (cursor is not { IsClean: true } || _log.Damage != default))
        {
            ulong jumped = (next + (2 * IdJump) - 1) / IdJump * IdJump;
            SealTail();
            next = jumped;
        }

        if (_lastId + 1 < next)
        {
            SealTail();
            _log.Delivered.Add(_lastId + 1, next - 1);
        }

        _log.NextId = next;
    }

    private void SealTail()
    {
        if (_log.Segments is [.., { IsSealed: false } tail])
        {
            using var writer = SegmentWriter.Reopen(tail, _disk);
            writer.Seal();
        }
    }
}
