using System.Threading.Channels;
using Collector.Pipe.Spool;

namespace Collector.Pipe.Delivery;

/// <summary>
/// Delivers one table's log: waits for rows, lets them gather for a moment, sends them, and lets go of them once the store
/// has them. Fresh rows never wait behind a backlog:
/// <code>
/// |..delivered..|....backlog....|........fresh........  appends
///                               ^ until: the backlog side stops here, the fresh side began here
/// </code>
/// A fresh side that has fallen behind, by more than one request of the largest size and for longer than
/// <see cref="DeliveryOptions.FreshWithin"/>, goes on at the end of the log and leaves all before it to the backlog side, as
/// often as that happens. Not sooner: rows out of their order cost the store far more. Each side holds one reader and, while it
/// sends, one batch.
/// <para>
/// While there is no backlog, its side takes every other request of a burst, so that two of them are under way: the store reads
/// one while it stores the other.
/// </para>
/// </summary>
internal sealed class Lane(
    SpoolLog log, TableLedger ledger, LaneSide fresh, LaneSide backlog, DeliveryOptions options, TimeProvider clock)
{
    /// <summary>The linger is slept in this many pieces, so that a batch that fills up early goes early.</summary>
    private const int LingerPieces = 8;

    private volatile string? _broken;

    /// <summary>Where the backlog side stopped last, having nothing more to do; 0 if it never began.</summary>
    private ulong _caughtUp;

    /// <summary>
    /// The log's end as it was a while ago, and when: while it is not reached, rows have waited for at least that long. What the
    /// last run left has waited long enough; what comes once this lane is there is none of it.
    /// </summary>
    private (ulong Id, long? At) _mark = (log.NextId, null);

    public string Table => log.Table;

    public TableLedger Ledger => ledger;

    /// <summary>Why the table, or a part of its rows, waits; null while none does.</summary>
    public string? Halted => _broken ?? fresh.Halted ?? backlog.Halted;

    /// <summary>Delivers until the spool is closed.</summary>
    /// <param name="draining">Set when nothing new comes: the lane then ends as soon as its log is empty.</param>
    /// <param name="stopping">Set when the time to deliver is over.</param>
    public async Task RunAsync(CancellationToken draining, CancellationToken stopping)
    {
        _broken = null;
        fresh.Begin();
        backlog.Begin();
        _caughtUp = 0;
        using var oneBreaks = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(draining, oneBreaks.Token);

        // Only the latest end of the backlog counts: it includes those before it.
        var until = Channel.CreateBounded<ulong>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        try
        {
            await Task.WhenAll(
                TogetherAsync(DeliverFreshAsync(until.Writer, oneBreaks, end.Token), oneBreaks),
                TogetherAsync(DeliverBacklogAsync(until.Reader, end.Token, oneBreaks.Token), oneBreaks));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is left stays on disk and is sent after the next start.
        }
        catch (Exception exception)
        {
            _broken = $"it broke and begins anew: {exception.Message}";
            throw;
        }
    }

    /// <summary>All parts begin anew together when one breaks, or two could read the same rows.</summary>
    private static async Task TogetherAsync(Task part, CancellationTokenSource oneBreaks)
    {
        try
        {
            await part;
        }
        catch
        {
            await oneBreaks.CancelAsync();
            throw;
        }
    }

    private async Task DeliverFreshAsync(ChannelWriter<ulong> until, CancellationTokenSource oneBreaks, CancellationToken draining)
    {
        SpoolReader reader = log.OpenReader();
        Task beside = Task.CompletedTask;
        ulong split = 0;
        try
        {
            while (await HasRowsAsync(reader, draining))
            {
                if (IsBehind(reader) && !draining.IsCancellationRequested)
                {
                    await beside; // what is under way there must not be read there again
                    reader.Dispose();
                    reader = log.OpenReaderAtEnd();
                    until.TryWrite(split = reader.NextId);
                    continue;
                }

                await GatherAsync(reader, draining);
                bool isLarge = reader.PendingRows > options.BatchRows || reader.PendingBytes > options.BatchBytes.Bytes;
                bool isBacklogIdle = beside.IsCompleted && Volatile.Read(ref _caughtUp) == split;
                if (isLarge && isBacklogIdle && options.Connections > 1 && backlog.TryRead(reader, isLarge))
                {
                    beside = TogetherAsync(DeliverAsync(backlog, draining, oneBreaks.Token), oneBreaks);
                }
                else if (!await DeliverNextAsync(fresh, reader, isLarge, draining, oneBreaks.Token))
                {
                    break;
                }
            }
        }
        catch
        {
            await oneBreaks.CancelAsync(); // ends what is under way beside it
            throw;
        }
        finally
        {
            await beside.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            until.TryComplete();
            reader.Dispose();
        }

        await beside;
    }

    private async Task DeliverBacklogAsync(ChannelReader<ulong> until, CancellationToken draining, CancellationToken stopping)
    {
        await foreach (ulong stopBefore in until.ReadAllAsync(stopping))
        {
            using SpoolReader reader = log.OpenReader(stopBefore);
            while (await reader.WaitAsync(stopping))
            {
                if (!await DeliverNextAsync(backlog, reader, isLarge: true, draining, stopping))
                {
                    return;
                }
            }

            Volatile.Write(ref _caughtUp, stopBefore);
        }
    }

    /// <returns>False when the collector stops and nothing more can be done before the next start.</returns>
    private async Task<bool> DeliverNextAsync(LaneSide side, SpoolReader reader, bool isLarge, CancellationToken draining, CancellationToken stopping)
    {
        if (await side.ReadAsync(reader, isLarge, stopping))
        {
            return await DeliverAsync(side, draining, stopping);
        }

        await Task.Delay(options.RetryDelay, clock, draining).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !draining.IsCancellationRequested; // the disk gives nothing now; what it may give later is for the next start
    }

    private async Task<bool> DeliverAsync(LaneSide side, CancellationToken draining, CancellationToken stopping)
    {
        try
        {
            return await side.DeliverAsync(draining, stopping);
        }
        finally
        {
            log.Release(side.Batch);
        }
    }

    /// <summary>More waits than one request can take, and has waited for too long.</summary>
    private bool IsBehind(SpoolReader reader)
    {
        if (reader.NextId >= _mark.Id)
        {
            _mark = (log.NextId, clock.GetTimestamp());
        }

        return (_mark.At is not { } at || clock.GetElapsedTime(at) >= options.FreshWithin)
            && (reader.PendingRows > options.BacklogRows || reader.PendingBytes > options.BacklogBytes.Bytes);
    }

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
}
