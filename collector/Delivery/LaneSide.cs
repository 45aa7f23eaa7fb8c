using Collector.Delivery.Spool;
using Microsoft.Extensions.Logging;

namespace Collector.Delivery;

/// <summary>
/// One side of a lane, for its fresh rows or for its backlog: holds one batch at a time, sends it until it is done, and
/// closes it in the table's books.
/// </summary>
internal sealed partial class LaneSide(
    string table, TableLedger ledger, BatchSender sender, Quarantine quarantine, DeliveryOptions options, TimeProvider clock, ILogger logger)
{
    private readonly SpoolBatch _batch = new();
    private volatile string? _halted;

    /// <summary>What it delivers, or did last.</summary>
    public SpoolBatch Batch => _batch;

    /// <summary>Why this side waits; null while it does not.</summary>
    public string? Halted => _halted;

    /// <summary>Forgets why it waited: the lane begins anew.</summary>
    public void Begin() => _halted = null;

    /// <summary>Takes the next batch; false when there is nothing to read now.</summary>
    /// <param name="isLarge">As large a batch as a backlog allows, else one of the usual size.</param>
    public bool Read(SpoolReader reader, bool isLarge) => isLarge
        ? reader.Read(_batch, options.BacklogRows, (int)options.BacklogBytes.Bytes)
        : reader.Read(_batch, options.BatchRows, (int)options.BatchBytes.Bytes);

    /// <summary>Sends the batch until it is done; a halted table tries again from time to time.</summary>
    /// <returns>False when the table is halted and the collector stops: the rows keep until the next start.</returns>
    public async Task<bool> DeliverAsync(CancellationToken draining, CancellationToken stopping)
    {
        sender.Begin(_batch.Lines, _batch.Rows);
        while (true)
        {
            BatchResult result = await sender.SendAsync(stopping);
            if (result.Halted is null)
            {
                return await CompleteAsync(result, draining);
            }

            if (!await WaitAsync(result.Halted, draining))
            {
                return false;
            }
        }
    }

    /// <returns>False when the collector stops meanwhile.</returns>
    private async Task<bool> WaitAsync(string halted, CancellationToken draining)
    {
        if (_halted != halted)
        {
            LogHalted(table, halted);
        }

        _halted = halted;
        await sender.PauseAsync(options.HaltedRetry, draining);
        return !draining.IsCancellationRequested;
    }

    /// <summary>Sets the bad rows aside and closes the batch. While they cannot be written, the table waits with them.</summary>
    private async Task<bool> CompleteAsync(BatchResult result, CancellationToken draining)
    {
        int kept = 0;
        foreach (BadRow bad in result.Bad)
        {
            (ulong record, int row) = Locate(bad.Index);
            var quarantined = new QuarantinedRow(table, record, row, clock.GetUtcNow(), bad.Reason, bad.ErrorId, bad.Line);
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
            LogResumed(table);
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

        throw new InvalidOperationException($"Row {index} is not in the batch of {table}.");
    }

    [LoggerMessage(30, LogLevel.Error, "Table {Table} is halted, its rows are kept on disk: {Reason}")]
    private partial void LogHalted(string table, string reason);

    [LoggerMessage(31, LogLevel.Information, "Table {Table} is delivered again")]
    private partial void LogResumed(string table);
}
