using System.Collections.Concurrent;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Spool;
using Microsoft.Extensions.Logging;

namespace Collector.Pipe.Delivery;

/// <summary>
/// All lanes: takes rows in, on disk, and has each table's lane deliver them. The front of this room.
/// </summary>
public sealed partial class Lanes : ILineSink, IDisposable
{
    private readonly SpoolDirectory _spool;
    private readonly TableCatalog _tables;
    private readonly StoreConnection _store;
    private readonly Quarantine _quarantine;
    private readonly DeliveryOptions _options;
    private readonly DeliveryMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<Lanes> _logger;
    private readonly BatchRoom _room;
    private readonly Random _random = new();
    private readonly ConcurrentDictionary<string, (Lane Lane, Task Running)> _lanes = new(StringComparer.Ordinal);
    private readonly Lock _starting = new();
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _stopping;

    public Lanes(
        SpoolDirectory spool, TableCatalog tables, StoreConnection store, Quarantine quarantine, DeliveryOptions options,
        DeliveryMetrics metrics, TimeProvider clock, ILogger<Lanes> logger)
    {
        (_spool, _tables, _store, _quarantine, _options, _metrics, _clock, _logger) =
            (spool, tables, store, quarantine, options, metrics, clock, logger);
        _room = new BatchRoom(options.MaxBufferedBytes.Bytes);
        _stopping = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
    }

    /// <summary>Every table's books.</summary>
    public IEnumerable<LedgerEntry> Ledger => _lanes.Values.Select(lane => lane.Lane.Ledger.Snapshot());

    /// <summary>Why not everything can be delivered at the moment; null when it can.</summary>
    public string? NotReadyBecause => _store.Problem ?? _store.Suspensions.Problem ?? _lanes.Values
        .Where(lane => lane.Lane.Halted is not null)
        .Select(lane => $"table {lane.Lane.Table} is halted: {lane.Lane.Halted}")
        .FirstOrDefault();

    /// <summary>Bytes of batches in memory, of all tables together.</summary>
    public long BufferedBytes => _room.Taken;

    /// <summary>The tables that wait with their rows for a fault of their own, and which.</summary>
    public IEnumerable<(string Table, string Reason)> Halted =>
        _lanes.Values.Where(lane => lane.Lane.Halted is not null).Select(lane => (lane.Lane.Table, lane.Lane.Halted ?? ""));

    /// <summary>Begins to deliver what was left on disk by the last run, and reaches for the store though nothing was.</summary>
    public void Start()
    {
        foreach (SpoolLog log in _spool.Logs)
        {
            if (_tables.TryGet(log.Table, out Table? table) && table.Name == log.Table)
            {
                LaneOf(table);
            }
            else if (log.Counts().PendingRows is > 0 and long rows)
            {
                LogOrphan(log.Table, rows);
            }
        }

        _ = _store.ReachAsync(_stopping.Token);
    }

    /// <summary>Has a lane deliver what the table's log holds, if none does yet.</summary>
    public void Deliver(Table table) => LaneOf(table);

    /// <inheritdoc/>
    public async ValueTask<string?> AcceptAsync(LineRows rows, CancellationToken cancellationToken)
    {
        AppendResult result;
        try
        {
            LaneOf(rows.Table);
            result = await _spool.Log(rows.Table.Name).AppendAsync(rows.Bytes, rows.Count, rows.Written, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            result = AppendResult.Failed(exception.Message);
        }

        if (result.Status == AppendStatus.Appended)
        {
            return null;
        }

        _metrics.Refused(rows.Table, result.Status == AppendStatus.Full ? "spool_full" : "spool_failed", rows.Count);
        return result.Status == AppendStatus.Full
            ? $"the spool is full ({(result.Reason == FullReason.MaxBytes ? "spool.max_bytes" : "spool.min_free_bytes of its disk")}) until the store takes rows again"
            : $"the spool cannot be written: {result.Error}";
    }

    /// <inheritdoc/>
    public int Refuse(IReadOnlyList<RefusedRow> rows)
    {
        foreach (RefusedRow row in rows)
        {
            _metrics.Refused(row.Table, row.Fault.Kind.ToString().ToLowerInvariant(), row.Times);
        }

        int kept = _quarantine.KeepRefused(rows, _clock.GetUtcNow());
        _metrics.Unkept(rows.Sum(row => row.Times) - kept);
        return kept;
    }

    /// <summary>Delivers what is left, for as long as the options allow, and ends.</summary>
    public async Task StopAsync()
    {
        await _draining.CancelAsync();
        _stopping.CancelAfter(_options.ShutdownTimeout);
        await Task.WhenAll(_lanes.Values.Select(lane => lane.Running));
        await _stopping.CancelAsync();
        long left = Ledger.Sum(entry => entry.Pending);
        if (left > 0)
        {
            LogLeft(left);
        }
    }

    public void Dispose()
    {
        _draining.Dispose();
        _stopping.Dispose();
    }

    private Lane LaneOf(Table table)
    {
        if (_lanes.TryGetValue(table.Name, out (Lane Lane, Task Running) running))
        {
            return running.Lane;
        }

        lock (_starting)
        {
            if (!_lanes.TryGetValue(table.Name, out running))
            {
                SpoolLog log = _spool.Log(table.Name);
                var ledger = new TableLedger(table.Name, log);
                var rejected = new RejectedRun();
                var lane = new Lane(log, ledger, SideOf(table, log, ledger, rejected, isBacklog: false), SideOf(table, log, ledger, rejected, isBacklog: true), _options, _clock);
                _lanes[table.Name] = running = (lane, Task.Run(() => RunAsync(lane)));
            }

            return running.Lane;
        }
    }

    private LaneSide SideOf(Table table, SpoolLog log, TableLedger ledger, RejectedRun rejected, bool isBacklog)
    {
        var sender = new BatchSender(table, isBacklog, rejected, _store, _options, _clock, NextRandom)
        {
            Newest = () => _tables.TryGet(table.Name, out Table? newest) ? newest : table,
        };
        return new LaneSide(log, ledger, sender, _quarantine, _room, _options, _clock, _logger);
    }

    /// <summary>A lane ends when it is told to; any other end is a fault, told and followed by a new beginning.</summary>
    private async Task RunAsync(Lane lane)
    {
        while (true)
        {
            try
            {
                await lane.RunAsync(_draining.Token, _stopping.Token);
                return;
            }
#pragma warning disable CA1031 // One lane's fault must not end the others, nor itself.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogLaneFault(lane.Table, exception);
                await Task.Delay(_options.HaltedRetry, _clock, _draining.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (_draining.IsCancellationRequested)
                {
                    return;
                }
            }
        }
    }

    private double NextRandom()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }

    [LoggerMessage(3001, LogLevel.Error, "The lane of {Table} broke and begins anew; please report it")]
    private partial void LogLaneFault(string table, Exception exception);

    [LoggerMessage(3002, LogLevel.Warning, "The spool holds {Rows} rows of {Table}, which has no schema file; put it back, or move the folder out of the spool")]
    private partial void LogOrphan(string table, long rows);

    [LoggerMessage(3003, LogLevel.Warning, "{Rows} rows are not delivered yet; they are on disk and will be sent after the next start")]
    private partial void LogLeft(long rows);
}
