namespace Collector.Pipe.Spool;

/// <content>Damage that a reader meets in a file that was thought sound.</content>
public sealed partial class SpoolLog
{
    /// <summary>
    /// Reads the whole segment anew, saves what can be read into a sound one, and books the rest as dropped. Rare, so it is
    /// done under the lock.
    /// </summary>
    internal void MeetDamage(Segment segment)
    {
        lock (_gate)
        {
            if (segment.IsGone || _isClosed)
            {
                return;
            }

            if (ReferenceEquals(_writer?.Segment, segment))
            {
                Retire();
            }

            var scan = SegmentScan.Run(segment.Path, Disk, _delivered, segment.FirstId - 1);
            string? aside = scan.Totals.Records > 0
                ? null
                : SegmentSalvage.SetAside(segment.Path); // a disk that cannot even rename is away as a whole: nothing is booked
            _damage = _damage with { CorruptPlaces = _damage.CorruptPlaces + Math.Max(1, scan.CorruptPlaces) };
            Replace(segment, scan.Totals.Records == 0 ? null : Salvage(segment, scan));
            foreach (IdRange gap in scan.Gaps)
            {
                _delivered.Add(gap.First, gap.Last);
            }

            if (scan.Totals.Records == 0)
            {
                _damage = _damage with { FilesSetAside = _damage.FilesSetAside + 1 };
                LogUnreadable(_context.Logger, aside!, segment.PendingRows);
                _delivered.Add(segment.FirstId, segment.LastId);
            }
            else
            {
                _delivered.Add(segment.FirstId, scan.Totals.FirstId - 1);
                _delivered.Add(scan.Totals.LastId + 1, segment.LastId);
            }

            NoteOldest();
            WriteCursor(isClean: false);
        }
    }

    /// <summary>The file is not there any more: somebody deleted it.</summary>
    internal void MeetLoss(Segment segment)
    {
        lock (_gate)
        {
            if (segment.IsGone || _isClosed)
            {
                return;
            }

            if (ReferenceEquals(_writer?.Segment, segment))
            {
                Retire();
            }

            _damage = _damage with { MissingRecords = _damage.MissingRecords + (ulong)segment.Totals.Records };
            Replace(segment, sound: null);
            _delivered.Add(segment.FirstId, segment.LastId);
            LogLost(_context.Logger, segment.Path, segment.PendingRows);
            NoteOldest();
            WriteCursor(isClean: false);
        }
    }

    private Segment Salvage(Segment segment, SegmentScan scan)
    {
        try
        {
            Segment sound = SegmentSalvage.Cut(segment.Path, scan, _context.Disk);
            _damage = _damage with { FilesSetAside = _damage.FilesSetAside + 1 };
            LogSalvaged(_context.Logger, segment.Path, scan.CorruptPlaces, segment.PendingRows - sound.PendingRows);
            return sound;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotSalvaged(_context.Logger, segment.Path, e.Message);
            return SegmentSalvage.InPlace(segment.Path, scan);
        }
    }

    private void Replace(Segment segment, Segment? sound)
    {
        int at = _segments.IndexOf(segment);
        segment.IsGone = true;
        _droppedCorrupt += segment.PendingRows - (sound?.PendingRows ?? 0);
        _context.Space.Add((sound?.FileBytes ?? 0) - segment.FileBytes);
        if (sound is null)
        {
            _segments.RemoveAt(at);
        }
        else
        {
            _segments[at] = sound;
        }
    }
}
