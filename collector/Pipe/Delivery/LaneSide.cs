using Collector.Pipe.Spool;
using Microsoft.Extensions.Logging;

namespace Collector.Pipe.Delivery;

/// <summary>
/// One side of a lane, for its fresh rows or for its backlog: holds one batch at a time, sends it until it is done, and
/// closes it in the table's books.
/// </summary>
internal sealed partial class LaneSide(
    SpoolLog log, TableLedger ledger, BatchSender sender, Quarantine quarantine, BatchRoom room, DeliveryOptions options, TimeProvider clock, ILogger logger)
{
    private readonly SpoolBatch _batch = new();
    private volatile string? _halted;

    /// <summary>What it delivers, or did last.</summary>
    public SpoolBatch Batch => _batch;

    /// <summary>Why this side waits; null while it does not.</summary>
    public string? Halted => _halted;

    /// <summary>Forgets why it waited: the lane begins anew.</summary>
    public void Begin() => _halted = null;

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

    /// <returns>False when the collector stops meanwhile.</returns>
    private async Task<bool> WaitAsync(string halted, CancellationToken draining)
    {
        Halt(halted);
        await sender.PauseAsync(options.HaltedRetry, draining);
        return !draining.IsCancellationRequested;
    }

    private void Resume()
    {
        LogResumed(log.Table);
        _halted = null;
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
            Resume();
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

    [LoggerMessage(3007, LogLevel.Error, "Table {Table} is halted, its rows are kept on disk: {Reason}")]
    private partial void LogHalted(string table, string reason);

    [LoggerMessage(3008, LogLevel.Information, "Table {Table} is delivered again")]
    private partial void LogResumed(string table);
}
