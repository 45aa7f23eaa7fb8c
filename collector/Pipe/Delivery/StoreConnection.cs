using System.Collections.Concurrent;
using Collector.Lines.Tables;
using Collector.Settings.Logging;
using Microsoft.Extensions.Logging;

namespace Collector.Pipe.Delivery;

/// <summary>
/// The store as the lanes see it: reached before anything else and again after every break, each table prepared before its
/// first batch since then, and with a bound on the requests under way.
/// </summary>
public sealed partial class StoreConnection(
    IStore store, DeliveryOptions options, DeliveryMetrics metrics, TimeProvider clock, ILogger<StoreConnection> logger) : ITableLookup, IDisposable
{
    /// <summary>A client waits for what is asked of the store on its behalf.</summary>
    private static readonly TimeSpan LongestLookUp = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _requests = new(options.Connections);
    private readonly SemaphoreSlim _reaching = new(1);
    private readonly SemaphoreSlim _backlogs = new(Math.Max(1, options.Connections - 1));
    private readonly ConcurrentDictionary<Table, SemaphoreSlim> _preparing = new();
    private readonly ConcurrentDictionary<Table, (int Generation, int Forgotten)> _prepared = new();
    private readonly ConcurrentDictionary<string, int> _forgotten = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _changes = new(StringComparer.Ordinal);
    private readonly StorePause _pause = new(clock);
    private readonly RepeatedLog _repeated = new(clock);
    private readonly Lock _noting = new();
    private bool _toldAway = true;
    private volatile int _generation;
    private volatile bool _reached;
    private volatile string? _problem = "it has not been reached yet";

    public string Description => store.Description;

    /// <summary>Tables that the store accepts rows for and does not show.</summary>
    public Suspensions Suspensions { get; } = new();

    /// <summary>What was sent.</summary>
    public StoreTraffic Traffic { get; } = new(clock);

    /// <summary>Why nothing reaches the store at the moment; null when it does.</summary>
    public string? Problem => _problem;

    /// <summary>
    /// Told of each table without a schema file before it is prepared: its name, and what the store has under it (null for
    /// nothing). Answers the table as it is then to be prepared.
    /// </summary>
    public Func<string, LiveTable?, Table?>? Adopt { get; set; }

    /// <inheritdoc/>
    public async Task<TableAnswer> LookUpAsync(string table, CancellationToken cancellationToken)
    {
        if (Problem is not null)
        {
            return default;
        }

        using var deadline = new CancellationTokenSource(LongestLookUp, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await store.DescribeAsync(table, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return default;
        }
    }

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

    /// <summary>
    /// Makes the tables as soon as the store is reached, also those that may never get a row: dashboards and alerts ask them
    /// all. One that cannot be made is told and left; it is tried again before its first batch.
    /// </summary>
    public async Task MakeAsync(IEnumerable<Table> tables, CancellationToken cancellationToken)
    {
        try
        {
            foreach (Table table in tables)
            {
                await MakeAsync(table, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The collector stops.
        }
    }

    /// <summary>
    /// Sends a batch, once. Backlogs leave one connection free, where there are two or more: fresh rows of any table then
    /// wait for no backlog.
    /// </summary>
    public async Task<Outcome> WriteAsync(Batch batch, bool isBacklog, CancellationToken cancellationToken)
    {
        if (await EnsureReachedAsync(cancellationToken) is { } unreached)
        {
            return unreached;
        }

        // Noted before the question: no change between the answer and a pause is missed.
        _changes[batch.Table.Name] = Suspensions.Changed(batch.Table.Name);
        if (Suspensions.Of(batch.Table.Name) is { } suspended)
        {
            return new Outcome.Halted(suspended);
        }

        if (!isBacklog)
        {
            return await InTurnAsync(batch.Table, batch, cancellationToken);
        }

        await _backlogs.WaitAsync(cancellationToken);
        try
        {
            return await InTurnAsync(batch.Table, batch, cancellationToken);
        }
        finally
        {
            _backlogs.Release();
        }
    }

    /// <summary>
    /// Has the table prepared anew before its next batch: it was dropped, renamed or changed in the store, which tells nobody and
    /// may make it again out of the next rows, as it likes.
    /// </summary>
    public void Forget(Table table) => _forgotten.AddOrUpdate(table.Name, 1, static (_, times) => times + 1);

    /// <summary>Waits before a halted table is tried again: until its suspension is over, if it has one, and no longer than this.</summary>
    public async Task PauseAsync(Table table, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pause = Task.Delay(longest, clock, over.Token);
        if (_changes.TryGetValue(table.Name, out Task? changed))
        {
            await Task.WhenAny(pause, changed);
            await over.CancelAsync();
        }

        await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private async Task MakeAsync(Table table, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            await ReachAsync(cancellationToken);
            Outcome made = await InTurnAsync(table, null, cancellationToken);
            if (made is Outcome.Accepted)
            {
                return;
            }

            if (made is Outcome.Halted)
            {
                LogNotMade(table.Name, made.Problem!);
                return;
            }

            await Task.Delay(RetryDelay.Of(made, attempt, options, 1), clock, cancellationToken);
        }
    }

    /// <summary>Prepares the table if need be and sends the batch, if there is one, when a connection is free.</summary>
    private async Task<Outcome> InTurnAsync(Table table, Batch? batch, CancellationToken cancellationToken)
    {
        await _requests.WaitAsync(cancellationToken);
        try
        {
            if (_pause.Remaining is { } paused)
            {
                return paused; // the store asked for it while this one waited for its turn
            }

            Outcome prepared = await EnsurePreparedAsync(table, cancellationToken);
            if (prepared is not Outcome.Accepted || batch is not { } rows)
            {
                return prepared;
            }

            long began = clock.GetTimestamp();
            Outcome outcome = await SendAsync(rows, cancellationToken);
            metrics.Request(rows, outcome, clock.GetElapsedTime(began));
            Judge(table, outcome);
            return outcome;
        }
        finally
        {
            _requests.Release();
        }
    }

    /// <summary>Prepares a table for whichever of its sides comes first; the other one waits for it.</summary>
    private async Task<Outcome> EnsurePreparedAsync(Table table, CancellationToken cancellationToken)
    {
        SemaphoreSlim preparing = _preparing.GetOrAdd(table, static _ => new SemaphoreSlim(1));
        await preparing.WaitAsync(cancellationToken);
        try
        {
            // Read before the store is asked: what is forgotten meanwhile is forgotten still.
            (int, int) state = (_generation, _forgotten.GetValueOrDefault(table.Name));
            if (_prepared.TryGetValue(table, out (int, int) before) && before == state)
            {
                return Outcome.Accepted.Instance;
            }

            (Table asFound, Outcome? failure) = await AsFoundAsync(table, cancellationToken);
            Outcome prepared = failure ?? NoRow(await store.PrepareAsync(asFound, cancellationToken));
            Judge(table, prepared);
            if (prepared is Outcome.Accepted)
            {
                _prepared[table] = state;
                _prepared[asFound] = state;
            }

            return prepared;
        }
        finally
        {
            preparing.Release();
        }
    }

    /// <summary>A table that no schema file describes is the store's to define: it may have been changed while the store was away.</summary>
    private async Task<(Table Table, Outcome? Failure)> AsFoundAsync(Table table, CancellationToken cancellationToken)
    {
        if (!table.IsMade || Adopt is not { } adopt)
        {
            return (table, null);
        }

        TableAnswer answer = await store.DescribeAsync(table.Name, cancellationToken);
        try
        {
            return (answer.IsKnown ? adopt(table.Name, answer.Live) ?? table : table, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (table, new Outcome.Halted($"what {store.Description} has as {table} cannot be written down: {exception.Message}"));
        }
    }

    private async Task<Outcome> SendAsync(Batch batch, CancellationToken cancellationToken)
    {
        Outcome? outcome = null;
        Traffic.Began(batch);
        try
        {
            return outcome = await store.WriteAsync(batch, cancellationToken);
        }
        finally
        {
            Traffic.Ended(batch, outcome);
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

            if (_pause.Remaining is { } paused)
            {
                return paused;
            }

            Outcome outcome = NoRow(await store.ReachAsync(cancellationToken));
            _pause.Heed(outcome);
            bool isReached = outcome is Outcome.Accepted;
            _reached = isReached; // another request may lose it again at once: what is returned is this answer's
            Note(outcome.Problem);
            return isReached ? null : outcome;
        }
        finally
        {
            _reaching.Release();
        }
    }

    /// <summary>A fault of the connection makes every table be prepared anew; a halted table only itself.</summary>
    private void Judge(Table table, Outcome outcome)
    {
        _pause.Heed(outcome);
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
            else if (problem is not null && problem != before && _repeated.IsDue())
            {
                _toldAway = true;
                LogAway(store.Description, problem);
            }
        }
    }

    [LoggerMessage(3006, LogLevel.Warning, "Table {Table} cannot be made now: {Reason}. It is tried again before its first row")]
    private partial void LogNotMade(string table, string reason);

    [LoggerMessage(3004, LogLevel.Information, "Delivering to {Store}")]
    private partial void LogReached(string store);

    [LoggerMessage(3005, LogLevel.Warning, "Nothing reaches {Store}; rows are kept on disk and sent later: {Problem}. `collector doctor` says what to do")]
    private partial void LogAway(string store, string problem);
}
