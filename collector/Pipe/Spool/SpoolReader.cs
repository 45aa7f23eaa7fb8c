using System.Runtime.InteropServices;

namespace Collector.Pipe.Spool;

/// <summary>Where a reader stands: the segment, the offset in it, and the rows and payload bytes before that offset.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ReadPlace(Segment? Segment, long Offset, long Rows, long Bytes)
{
    public ReadPlace After(in RecordHead head) => new(Segment, Offset + head.Size, Rows + head.Rows, Bytes + head.Length);
}

/// <summary>
/// Reads a log forward. For one caller at a time; other readers, appends and completions may go on beside it. It does not
/// remember what it handed out: what is not completed is offered again by the next reader.
/// </summary>
public sealed class SpoolReader : IDisposable
{
    private readonly SpoolLog _log;
    private readonly ReadPlace _stopPlace;
    private SegmentReader? _file;
    private bool _hasLookedAgain;
    private ulong _owedFrom;
    private ulong _owedUntil;

    internal SpoolReader(SpoolLog log, ulong nextId, ulong stopBefore, ReadPlace stopPlace)
    {
        _log = log;
        _stopPlace = stopPlace;
        NextId = nextId;
        StopBefore = stopBefore;
    }

    /// <summary>No record below this id is handed out any more.</summary>
    public ulong NextId { get; private set; }

    /// <summary>The reader ends before this id.</summary>
    public ulong StopBefore { get; }

    /// <summary>The reader has reached its stop.</summary>
    public bool IsFinished => NextId >= StopBefore;

    /// <summary>
    /// Rows before this reader, up to its stop. Exact while delivery is in order; records done out of order ahead of it in
    /// its own segment are counted until it passes them. With a stop inside a segment that was not the end when the reader
    /// was opened, the whole segment is counted.
    /// </summary>
    public long PendingRows => Pending.Rows;

    /// <summary>Payload bytes before this reader, counted like <see cref="PendingRows"/>.</summary>
    public long PendingBytes => Pending.Bytes;

    /// <summary>Segments of replayed rows are passed over.</summary>
    internal bool SkipsReplayed { get; init; }

    /// <summary>Delivered records whose file is still there are handed out, too.</summary>
    internal bool IncludesDelivered { get; init; }

    internal ReadPlace Place { get; set; }

    private (long Rows, long Bytes) Pending => _log.PendingFrom(Place, NextId, StopBefore, _stopPlace);

    /// <summary>
    /// Fills the batch with whole records, at least one if there is any, else within both limits. False: nothing to read now.
    /// A rotten record ends the batch before it; the next read steps over it. Throws <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> when there is nothing to hand out because nothing can be read now; the call may
    /// be repeated. Its segments are held until <see cref="SpoolLog.Release"/>, or the next
    /// read into the batch.
    /// </summary>
    public bool Read(SpoolBatch into, int maxRows, int maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxRows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        into.Clear();
        _log.Release(into);
        _owedUntil = 0;
        _hasLookedAgain = false;
        try
        {
            while (!IsFinished && TryStand(into, out long end))
            {
                if (!ReadHere(into, end, maxRows, maxBytes))
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next read opens the file anew, and meets what is wrong; what was read before it is handed out first.
            _file?.Dispose();
            _file = null;
            if (into.IsEmpty)
            {
                throw;
            }
        }
        finally
        {
            _file?.Rest();
            if (into.IsEmpty)
            {
                _log.Release(into);
            }
        }

        return !into.IsEmpty;
    }

    /// <summary>Waits until there is something to read; false when there never will be (the stop is reached, the log is closed).</summary>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_log.HasMore(NextId, StopBefore, out Task arrival) is { } answer)
            {
                return answer;
            }

            await arrival.WaitAsync(cancellation);
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Opens the segment to read on in. Each turn but the last loses a segment whose file is gone.</summary>
    private bool TryStand(SpoolBatch into, out long end)
    {
        while (_log.TryPlace(this, into, out Segment? segment, out end))
        {
            bool isSame = ReferenceEquals(segment, Place.Segment);
            if (isSame && _file is not null)
            {
                return true;
            }

            try
            {
                _file?.Dispose();
                _file = null;
                _file = new SegmentReader(segment!.Path, _log.Disk);
                Place = isSame ? Place : new ReadPlace(segment, SegmentFormat.HeaderSize, 0, 0);
                return true;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                _log.MeetLoss(segment!);
            }
            catch (IOException e) when (SpoolDisk.HasLost(e))
            {
                _log.MeetDamage(segment!);
            }
        }

        return false;
    }

    /// <summary>Reads on in one segment; false when the batch is done.</summary>
    private bool ReadHere(SpoolBatch into, long end, int maxRows, int maxBytes)
    {
        Segment segment = Place.Segment!;
        SegmentReader file = _file!;
        file.KnownEnd = end;
        var read = default(SegmentTotals);
        long start = Place.Offset;
        bool goesOn = true;
        try
        {
            while (Place.Offset < end)
            {
                file.Position = Place.Offset;
                bool isIntact = file.TryReadHead(end, out RecordHead head);
                if (isIntact && head.Id >= StopBefore)
                {
                    NextId = StopBefore;
                    goesOn = false;
                    break;
                }

                if (isIntact && !IsOwed(head.Id))
                {
                    Place = Place.After(head);
                    continue;
                }

                if (isIntact && !into.IsEmpty && !into.HasRoom(head, maxRows, maxBytes))
                {
                    goesOn = false;
                    break;
                }

                if (!isIntact || !into.TryAdd(file, head, Math.Min(maxBytes, end - Place.Offset)))
                {
                    goesOn = into.IsEmpty && StepOverDamage(segment, file, head, isIntact, end);
                    break;
                }

                start = read.Records == 0 ? Place.Offset : start;
                read.Add(head);
                NextId = head.Id + 1;
                Place = Place.After(head);
            }
        }
        finally
        {
            if (read.Records > 0)
            {
                _log.Mark(segment, new ReadMark(read.FirstId, read.LastId, start, read.Rows, read.Bytes, read.NewestMicros));
            }
        }

        return goesOn;
    }

    private bool IsOwed(ulong id)
    {
        if (id < NextId || IncludesDelivered)
        {
            return id >= NextId;
        }

        if (id >= _owedUntil)
        {
            _owedFrom = _log.NextOwed(id, out _owedUntil);
        }

        return id >= _owedFrom;
    }

    /// <summary>
    /// The log makes a sound segment of it, in which the reader finds its place anew. Where it cannot, the reader goes on behind
    /// the place, once nothing in it is owed: what the log could not read when it looked is booked as lost.
    /// </summary>
    private bool StepOverDamage(Segment segment, SegmentReader file, in RecordHead head, bool isIntact, long end)
    {
        long next = Next(segment, file, head, isIntact, end, out ulong before);
        if (segment.IsDamaged && _log.NextOwed(NextId, out _) >= before)
        {
            Place = Place with { Offset = next };
            return true;
        }

        if (segment.IsDamaged && _hasLookedAgain)
        {
            return false; // a disk that gives and refuses the same bytes by turns is given time
        }

        _hasLookedAgain |= segment.IsDamaged;
        _log.MeetDamage(segment);
        if (segment.IsGone)
        {
            Place = default;
        }

        return true;
    }

    /// <summary>Where the file can be read again, and the id before which, as far as ids tell, all records are passed then.</summary>
    private long Next(Segment segment, SegmentReader file, in RecordHead head, bool isIntact, long end, out ulong before)
    {
        before = isIntact ? head.Id + 1 : segment.LastId + 1;
        if (isIntact)
        {
            return Place.Offset + head.Size;
        }

        ulong last = NextId == 0 ? 0 : NextId - 1;
        if (!file.TryResync(end, Math.Min(last, segment.LastId)) || !file.TryReadHead(end, out RecordHead next))
        {
            return end;
        }

        before = next.Id;
        return file.Position;
    }
}
