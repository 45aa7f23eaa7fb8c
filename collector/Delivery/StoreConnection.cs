using System.Collections.Concurrent;
using Collector.Delivery.Spool;
using Collector.Tables;
using Microsoft.Extensions.Logging;

namespace Collector.Delivery;

/// <summary>
/// The store as the lanes see it: reached before anything else and again after every break, each table prepared before its
/// first batch since then, and with a bound on the requests under way. Where there is more than one connection, backlogs
/// leave one free: fresh rows of any table wait behind other fresh rows alone.
/// </summary>
internal sealed partial class StoreConnection(
    IStore store, DeliveryOptions options, DeliveryMetrics metrics, TimeProvider clock, ILogger<StoreConnection> logger) : IDisposable
{
    private readonly SemaphoreSlim _requests = new(options.Connections);
    private readonly SemaphoreSlim _backlogs = new(Math.Max(1, options.Connections - 1));
    private readonly SemaphoreSlim _reaching = new(1);
    private readonly ConcurrentDictionary<Table, int> _prepared = new();
    private readonly ConcurrentDictionary<Table, SemaphoreSlim> _preparing = new();
    private readonly ErrorPacer _pacer = new(clock);
    private readonly Lock _noting = new();
    private bool _toldAway = true;
    private volatile int _generation;
    private volatile bool _reached;
    private volatile string? _problem = "it has not been reached yet";

    public string Description => store.Description;

    /// <summary>Why nothing reaches the store at the moment; null when it does.</summary>
    public string? Problem => _problem;

    /// <summary>Reaches for the store until it answers, so that its state is known before the first row is there.</summary>
    public async Task ReachAsync(CancellationToken cancellationToken)
    {
        try
        {
            for (int attempt = 0; await EnsureReachedAsync(cancellationToken) is { } failure; attempt++)
            {
                await Task.Delay(failure is Outcome.Halted ? options.HaltedRetry : RetryDelay.Of(failure, attempt, options, 1), clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The collector stops.
        }
    }

    /// <summary>Sends a batch, once.</summary>
    /// <param name="isBacklog">The batch gives way to fresh rows.</param>
    public async Task<Outcome> WriteAsync(Batch batch, bool isBacklog, CancellationToken cancellationToken)
    {
        if (await EnsureReachedAsync(cancellationToken) is { } unreached)
        {
            return unreached;
        }

        if (!isBacklog)
        {
            return await WriteInTurnAsync(batch, cancellationToken);
        }

        await _backlogs.WaitAsync(cancellationToken);
        try
        {
            return await WriteInTurnAsync(batch, cancellationToken);
        }
        finally
        {
            _backlogs.Release();
        }
    }

    private async Task<Outcome> WriteInTurnAsync(Batch batch, CancellationToken cancellationToken)
    {
        await _requests.WaitAsync(cancellationToken);
        try
        {
            Outcome prepared = await EnsurePreparedAsync(batch.Table, cancellationToken);
            if (prepared is not Outcome.Accepted)
            {
                return prepared;
            }

            long began = clock.GetTimestamp();
            Outcome outcome = await store.WriteAsync(batch, cancellationToken);
            metrics.Request(batch, outcome, clock.GetElapsedTime(began));
            Judge(batch.Table, outcome);
            return outcome;
        }
        finally
        {
            _requests.Release();
        }
    }

    public void Dispose()
    {
        _requests.Dispose();
        _backlogs.Dispose();
        _reaching.Dispose();
        foreach (SemaphoreSlim preparing in _preparing.Values)
        {
            preparing.Dispose();
        }
    }

    /// <summary>Prepares a table for whichever of its sides comes first; the other one waits for it.</summary>
    private async Task<Outcome> EnsurePreparedAsync(Table table, CancellationToken cancellationToken)
    {
        SemaphoreSlim preparing = _preparing.GetOrAdd(table, static _ => new SemaphoreSlim(1));
        await preparing.WaitAsync(cancellationToken);
        try
        {
            int generation = _generation;
            if (_prepared.GetValueOrDefault(table, -1) == generation)
            {
                return Outcome.Accepted.Instance;
            }

            Outcome prepared = NoRow(await store.PrepareAsync(table, cancellationToken));
            Judge(table, prepared);
            if (prepared is Outcome.Accepted)
            {
                _prepared[table] = generation;
            }

            return prepared;
        }
        finally
        {
            preparing.Release();
        }
    }

    /// <returns>Null when the store is reached; else why it is not.</returns>
    private async Task<Outcome?> EnsureReachedAsync(CancellationToken cancellationToken)
    {
        if (_reached)
        {
            return null;
        }

        await _reaching.WaitAsync(cancellationToken);
        try
        {
            if (_reached)
            {
                return null;
            }

            Outcome outcome = NoRow(await store.ReachAsync(cancellationToken));
            _reached = outcome is Outcome.Accepted;
            Note(outcome.Problem);
            return _reached ? null : outcome;
        }
        finally
        {
            _reaching.Release();
        }
    }

    /// <summary>A fault of the connection makes every table be prepared anew; a halted table only itself.</summary>
    private void Judge(Table table, Outcome outcome)
    {
        if (outcome is Outcome.Retry or Outcome.Unknown)
        {
            Interlocked.Increment(ref _generation);
            _reached = false;
            Note(outcome.Problem);
        }
        else if (outcome is Outcome.Halted)
        {
            _prepared.TryRemove(table, out _);
        }
    }

    /// <summary>No row is to blame where none was sent: a rejection then concerns the table.</summary>
    private static Outcome NoRow(Outcome outcome) => outcome is Outcome.Rejected rejected ? new Outcome.Halted(rejected.Reason) : outcome;

    /// <summary>Says that the store is away, and that it is back; one that comes and goes is told of once in 10 s.</summary>
    private void Note(string? problem)
    {
        lock (_noting)
        {
            string? before = _problem;
            _problem = problem;
            if (problem is null && before is not null && _toldAway)
            {
                _toldAway = false;
                LogReached(store.Description);
            }
            else if (problem is not null && problem != before && _pacer.Passes())
            {
                _toldAway = true;
                LogAway(store.Description, problem);
            }
        }
    }

    [LoggerMessage(20, LogLevel.Information, "Delivering to {Store}")]
    private partial void LogReached(string store);

    [LoggerMessage(21, LogLevel.Warning, "Nothing reaches {Store}; rows are kept on disk and sent later: {Problem}")]
    private partial void LogAway(string store, string problem);
}
