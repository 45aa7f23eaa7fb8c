namespace Collector.Pipe.Spool;

/// <content>Taking over a finished segment of replayed rows.</content>
public sealed partial class SpoolLog
{
    /// <summary>The record is in the log and not delivered.</summary>
    public bool Owes(ulong id)
    {
        lock (_gate)
        {
            return id < _nextId && !_delivered.Contains(id);
        }
    }

    /// <summary>
    /// Makes the rows of a sealed segment file the newest records of this log. The file is given this log's ids and renamed
    /// into its folder: it is always either there or here, and a kill in between neither loses nor doubles a row.
    /// </summary>
    /// <param name="path">The file, on the disk of the spool; gone afterwards if the rows were taken.</param>
    /// <param name="rows">How many rows were taken.</param>
    public AppendResult Adopt(string path, out long rows)
    {
        rows = 0;
        long size = new FileInfo(path).Length;
        FullReason full = Reserve(size);
        if (full != FullReason.None)
        {
            return AppendResult.Full(full);
        }

        TaskCompletionSource? arrival = null;
        long taken = 0;
        try
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                Retire();
                SkipTakenNames();
                if (TakeOver(path) is { } segment)
                {
                    rows = segment.Totals.Rows;
                    taken = segment.FileBytes;
                    Book(segment);
                    (arrival, _arrival) = (_arrival, null);
                }

                return AppendResult.Appended(_nextId - 1);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return AppendResult.Failed(e.Message);
        }
        finally
        {
            _context.Space.Add(taken - size);
            arrival?.TrySetResult();
        }
    }

    /// <summary>Two renames: the numbered copy in place of the file, then the file into the log.</summary>
    private Segment? TakeOver(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        File.Delete(Path.Combine(folder, SegmentFormat.FileName(_nextId))); // what an attempt that failed could not remove
        using var copy = SegmentWriter.Create(folder, _nextId, _context.NowMicros, _context.Disk, isReplayed: true);
        Segment numbered = copy.Segment;
        try
        {
            CopyInto(copy, path);
            if (numbered.IsEmpty)
            {
                File.Delete(numbered.Path);
                File.Delete(path);
                return null;
            }

            File.Move(numbered.Path, path, overwrite: true);
            _context.Disk.SyncDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(numbered.Path);
            throw;
        }

        string place = Path.Combine(_directory, SegmentFormat.FileName(_nextId));
        File.Move(path, place);
        return new Segment(place, _nextId)
        {
            Totals = numbered.Totals,
            DataEnd = numbered.DataEnd,
            FileBytes = numbered.FileBytes,
            IsSealed = true,
            IsReplayed = true,
        };
    }

    private void CopyInto(SegmentWriter copy, string path)
    {
        ulong id = _nextId;
        var scan = SegmentScan.Run(path, Disk, new DeliveredIds(1), 0, (in VisitedRecord record) =>
        {
            if (record.IsIntact)
            {
                copy.Append(record.Head with { Id = id++, AppendedMicros = _context.NowMicros }, record.Payload);
            }
        });
        copy.Seal();
        copy.Sync();
        if (scan.IsDamaged || scan.TornBytes > 0)
        {
            LogReplayDamaged(_context.Logger, copy.Segment.IsEmpty ? SegmentSalvage.SetAside(path) : SegmentSalvage.KeepCopy(path, Disk), Table);
        }
    }

    private void Book(Segment segment)
    {
        _segments.Add(segment);
        _nextId = segment.LastId + 1;
        _replayed += segment.Totals.Rows;
        if (_oldestPendingMicros == 0)
        {
            _oldestPendingMicros = segment.Totals.OldestMicros;
        }

        WriteCursor(isClean: false);
        if (SyncNames() is { } error && _context.Repeated.IsDue())
        {
            LogSyncFailed(_context.Logger, Table, error);
        }
    }
}
