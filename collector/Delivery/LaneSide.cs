using Collector.Delivery.Spool;
using Microsoft.Extensions.Logging;

namespace Collector.Delivery;

/// <summary>
/// One side of a lane, for its fresh rows or for its backlog: holds one batch at a time, sends it until it is done, and
/// closes it in the table's books.
/// </summary>
internal sealed partial class LaneSide(
    SpoolLog log, TableLedger ledger, BatchSender sender, Quarantine quarantine, BatchRoom room, DeliveryOptions options, TimeProvider clock, ILogger logger)
{
    private readonly SpoolBatch _batch = new();
    private long _taken;
    private volatile string? _halted;

    /// <summary>What it delivers, or did last.</summary>
    public SpoolBatch Batch => _batch;

    /// <summary>Why this side waits; null while it does not.</summary>
    public string? Halted => _halted;

    /// <summary>Forgets why it waited: the lane begins anew.</summary>
    public void Begin() => _halted = null;

    /// <summary>Takes the next batch once there is room for it; false when there is nothing to read now.</summary>
    /// <param name="isLarge">As large a batch as a backlog allows, else one of the usual size.</param>
    public async ValueTask<bool> ReadAsync(SpoolReader reader, bool isLarge, CancellationToken stopping)
    {
        await TakeRoomAsync(Most(isLarge), stopping);
        return Read(reader, isLarge);
    }

    /// <summary>As <see cref="ReadAsync"/>; false also when there is no room now.</summary>
    public bool TryRead(SpoolReader reader, bool isLarge)
    {
        if (!room.TryTake(Most(isLarge)))
        {
            return false;
        }

        _taken = Most(isLarge);
        return Read(reader, isLarge);
    }

    /// <summary>Sends the batch until it is done; a halted table tries again from time to time, and holds no memory meanwhile.</summary>
    /// <returns>False when the table is halted and the collector stops: the rows keep until the next start.</returns>
    public async Task<bool> DeliverAsync(CancellationToken draining, CancellationToken stopping)
    {
        int bytes = _batch.Lines.Length;
        ulong last = _batch.LastId;
        sender.Begin(Locate);
        try
        {
            while (!_batch.IsEmpty)
            {
                BatchResult result = await sender.SendAsync(_batch.Lines, _batch.Rows, stopping);
                ulong next = result.Halted is null ? _batch.LastId + 1 : _batch.FirstId;
                bool goesOn = result.Halted is null ? await CompleteAsync(result, draining) : await LetGoAndWaitAsync(result.Halted, draining);
                if (!goesOn)
                {
                    return false;
                }

                // Past the last one but where the disk has lost records in between, of a batch that had to be read again.
                if (next > last)
                {
                    return true;
                }

                if (!await ReadAgainAsync(new IdRange(next, last), bytes, draining, stopping))
                {
                    return false;
                }
            }

            return true; // the disk has lost all that was left
        }
        finally
        {
            LetGo();
        }
    }

    private long Most(bool isLarge) => isLarge ? options.BacklogBytes.Bytes : options.BatchBytes.Bytes;

    private async ValueTask TakeRoomAsync(long bytes, CancellationToken stopping)
    {
        await room.TakeAsync(bytes, stopping);
        _taken = bytes;
    }

    private bool Read(SpoolReader reader, bool isLarge)
    {
        bool isRead = false;
        try
        {
            isRead = reader.Read(_batch, isLarge ? options.BacklogRows : options.BatchRows, (int)Most(isLarge));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Halt(Unreadable(exception));
        }

        if (isRead)
        {
            room.Change(_taken, _batch.Lines.Length);
            _taken = _batch.Lines.Length;
        }
        else
        {
            LetGo();
        }

        return isRead;
    }

    /// <returns>False when the collector stops meanwhile.</returns>
    private async Task<bool> ReadAgainAsync(IdRange ids, int bytes, CancellationToken draining, CancellationToken stopping)
    {
        while (true)
        {
            LetGo();
            await TakeRoomAsync(bytes, stopping);
            try
            {
                log.ReadAgain(_batch, ids, bytes);
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                if (!await LetGoAndWaitAsync(Unreadable(exception), draining))
                {
                    return false;
                }
            }
        }
    }

    private Task<bool> LetGoAndWaitAsync(string halted, CancellationToken draining)
    {
        LetGo();
        return WaitAsync(halted, draining);
    }

    /// <summary>The batch's memory is for others; which records it holds is still known.</summary>
    private void LetGo()
    {
        _batch.LetGo();
        room.Give(_taken);
        _taken = 0;
    }

    private static string Unreadable(Exception exception) => $"its rows on disk cannot be read now: {exception.Message}";

    /// <returns>False when the collector stops meanwhile.</returns>
    private async Task<bool> WaitAsync(string halted, CancellationToken draining)
    {
        Halt(halted);
        await sender.PauseAsync(options.HaltedRetry, draining);
        return !draining.IsCancellationRequested;
    }

    private void Halt(string reason)
    {
        if (_halted != reason)
        {
            LogHalted(log.Table, reason);
        }

        _halted = reason;
    }

    /// <summary>Sets the bad rows aside and closes the batch. While they cannot be written, the table waits with them.</summary>
    private async Task<bool> CompleteAsync(BatchResult result, CancellationToken draining)
    {
        int kept = 0;
        foreach (BadRow bad in result.Bad)
        {
            (ulong record, int row) = Locate(bad.Index);
            var quarantined = new QuarantinedRow(log.Table, record, row, clock.GetUtcNow(), bad.Reason, bad.ErrorId, bad.Line);
            bool isKept;
            while (!quarantine.TryKeep(quarantined, out isKept, out string? error))
            {
                if (!await WaitAsync($"a bad row cannot be set aside: {error}", draining))
                {
                    return false;
                }
            }

            kept += isKept ? 1 : 0;
        }

        ledger.Complete(_batch.FirstId, _batch.LastId, result.Delivered, kept, result.Bad.Count - kept);
        if (_halted is not null)
        {
            LogResumed(log.Table);
            _halted = null;
        }

        return true;
    }

    /// <summary>The record a row of the batch came in, and its place in it.</summary>
    private (ulong Record, int Row) Locate(int index)
    {
        foreach (BatchRecord record in _batch.Records)
        {
            if (index < record.Rows)
            {
                return (record.Id, index);
            }

            index -= record.Rows;
        }

        throw new InvalidOperationException($"Row {index} is not in the batch of {log.Table}.");
    }

    [LoggerMessage(30, LogLevel.Error, "Table {Table} is halted, its rows are kept on disk: {Reason}")]
    private partial void LogHalted(string table, string reason);

    [LoggerMessage(31, LogLevel.Information, "Table {Table} is delivered again")]
    private partial void LogResumed(string table);
}
