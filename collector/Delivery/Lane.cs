using Collector.Delivery.Spool;
using Microsoft.Extensions.Logging;

namespace Collector.Delivery;

/// <summary>
/// Delivers one table's log, oldest rows first: waits for rows, lets them gather for a moment, sends them, and lets go of them
/// once the store has them. A table that halts waits alone, with its rows.
/// </summary>
internal sealed partial class Lane(
    SpoolLog log, TableLedger ledger, BatchSender sender, Quarantine quarantine, DeliveryOptions options, TimeProvider clock, ILogger logger)
{
    /// <summary>The linger is slept in this many pieces, so that a batch that fills up early goes early.</summary>
    private const int LingerPieces = 8;

    private readonly SpoolBatch _batch = new();
    private volatile string? _halted;

    public string Table => log.Table;

    public TableLedger Ledger => ledger;

    /// <summary>Why the table waits; null while it does not.</summary>
    public string? Halted => _halted;

    /// <summary>Delivers until the spool is closed.</summary>
    /// <param name="draining">Set when nothing new comes: the lane then ends as soon as its log is empty.</param>
    /// <param name="stopping">Set when the time to deliver is over.</param>
    public async Task RunAsync(CancellationToken draining, CancellationToken stopping)
    {
        using SpoolReader reader = log.OpenReader();
        try
        {
            while (await HasRowsAsync(reader, draining))
            {
                await GatherAsync(reader, draining);
                if (Read(reader))
                {
                    if (!await DeliverAsync(draining, stopping))
                    {
                        return;
                    }
                }
                else if (draining.IsCancellationRequested)
                {
                    return; // the disk gives nothing more; what it may give later is for the next start
                }
                else
                {
                    await Task.Delay(options.RetryDelay, clock, draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is left stays on disk and is sent after the next start.
        }
        catch (Exception exception)
        {
            _halted = $"it broke and begins anew: {exception.Message}";
            throw;
        }
    }

    /// <summary>A batch of the usual size, or under a backlog one of the largest.</summary>
    private bool Read(SpoolReader reader) =>
        reader.PendingRows > options.BatchRows || reader.PendingBytes > options.BatchBytes.Bytes
            ? reader.Read(_batch, options.BacklogRows, (int)options.BacklogBytes.Bytes)
            : reader.Read(_batch, options.BatchRows, (int)options.BatchBytes.Bytes);

    private static async Task<bool> HasRowsAsync(SpoolReader reader, CancellationToken draining)
    {
        try
        {
            return await reader.WaitAsync(draining);
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested)
        {
            return reader.PendingRows > 0;
        }
    }

    private async Task GatherAsync(SpoolReader reader, CancellationToken draining)
    {
        for (int i = 0; i < LingerPieces && !draining.IsCancellationRequested && options.Linger > TimeSpan.Zero; i++)
        {
            if (reader.PendingRows >= options.BatchRows || reader.PendingBytes >= options.BatchBytes.Bytes)
            {
                return;
            }

            await Task.Delay(options.Linger / LingerPieces, clock, draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Sends the batch until it is done; a halted table tries again from time to time.</summary>
    /// <returns>False when the table is halted and the collector stops: the rows keep until the next start.</returns>
    private async Task<bool> DeliverAsync(CancellationToken draining, CancellationToken stopping)
    {
        while (true)
        {
            BatchResult result = await sender.SendAsync(_batch.Lines, _batch.Rows, stopping);
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
            LogHalted(Table, halted);
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
            var quarantined = new QuarantinedRow(Table, record, row, clock.GetUtcNow(), bad.Reason, bad.ErrorId, bad.Line);
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
            LogResumed(Table);
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

        throw new InvalidOperationException($"Row {index} is not in the batch of {Table}.");
    }

    [LoggerMessage(30, LogLevel.Error, "Table {Table} is halted, its rows are kept on disk: {Reason}")]
    private partial void LogHalted(string table, string reason);

    [LoggerMessage(31, LogLevel.Information, "Table {Table} is delivered again")]
    private partial void LogResumed(string table);
}
