using System.Collections.Concurrent;
using Collector.Lines.Tables;
using Collector.Settings.Logging;
using Microsoft.Extensions.Logging;

namespace Collector.Pipe.Delivery;

/// <summary>
/// Looks at the store every few seconds for what its answers hide: a suspended table goes on accepting rows and shows none.
/// Such a table is paused until a look finds it in order. One that was dropped, replaced or changed there is prepared anew
/// before its next batch. Does nothing for a store that hides nothing.
/// </summary>
public sealed partial class StoreWatch : IDisposable
{
    /// <summary>The table whose rows are timed until they can be read.</summary>
    private const string Timed = "collector_status";

    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);

    private readonly IStoreWatch? _store;
    private readonly StoreConnection _connection;
    private readonly TableCatalog _tables;
    private readonly TimeProvider _clock;
    private readonly ILogger<StoreWatch> _logger;
    private readonly VisibilityProbe? _probe;
    private readonly RepeatedLog _repeated;
    private readonly TableAudits _audits;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string? Run, long? Id)> _known = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _timing = new();
    private Task _looking = Task.CompletedTask;
    private Task _measuring = Task.CompletedTask;
    private TimeSpan? _untilVisible;
    private (TimeSpan Took, DateTimeOffset At)? _visible;

    public StoreWatch(IStore store, StoreConnection connection, TableCatalog tables, TimeProvider clock, ILogger<StoreWatch> logger)
    {
        (_store, _connection, _tables, _clock, _logger) = (store as IStoreWatch, connection, tables, clock, logger);
        (_repeated, _audits) = (new RepeatedLog(clock), new TableAudits(connection.Traffic, clock));
        if (_store is not null)
        {
            _probe = new VisibilityProbe(_store, Timed, clock);
            connection.Traffic.Accepted = Time;
        }
    }

    /// <summary>Told of each time from the store's answer to the row's being found.</summary>
    public Action<TimeSpan>? BecameVisible { get; set; }

    /// <summary>There is something to watch.</summary>
    public bool IsWatching => _store is not null;

    /// <summary>What the latest look saw; null before the first and after one that failed.</summary>
    public StoreLook? Latest { get; private set; }

    /// <summary>When the latest look that saw anything ended.</summary>
    public DateTimeOffset? LatestAt { get; private set; }

    /// <summary>Looks that saw nothing.</summary>
    public long Failures { get; private set; }

    /// <summary>The latest time from the store's answer until its row was found, and when that was; null while none was measured.</summary>
    public (TimeSpan Took, DateTimeOffset At)? UntilVisible
    {
        get
        {
            lock (_timing)
            {
                return _visible;
            }
        }
    }

    /// <summary>The audit's differences, of the tables where one can be told.</summary>
    public IEnumerable<(string Table, long Rows)> Differences => Latest is null ? [] : _audits.Differences;

    /// <summary>How the store fares, as <c>collector_status</c> has it.</summary>
    public string State => (Latest?.IsReadOnly, _connection.Problem, _connection.Suspensions.Problem) switch
    {
        (true, _, _) => "read_only",
        (_, not null, _) => "unreachable",
        (_, _, not null) => "suspended",
        _ => "ok",
    };

    public void Start() => _looking = _store is null ? Task.CompletedTask : Task.Run(RunAsync);

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        Task measuring;
        lock (_timing)
        {
            measuring = _measuring;
        }

        await Task.WhenAll(_looking, measuring);
    }

    /// <summary>The time until the latest row could be read, once: null until there is another.</summary>
    public TimeSpan? TakeUntilVisible()
    {
        lock (_timing)
        {
            (TimeSpan? taken, _untilVisible) = (_untilVisible, null);
            return taken;
        }
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>Looks once, and acts on what is seen.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        Table[] tables = [.. _tables];
        TableTraffic[] before = [.. tables.Select(table => _connection.Traffic.Of(table.Name))];
        StoreLook look = await LookWithinAsync(tables, cancellationToken);
        if (look.Failure is { } failure)
        {
            Fail(failure.Problem ?? "it answered nothing");
            return;
        }

        for (int i = 0; i < tables.Length; i++)
        {
            TableLook? seen = look.Tables.GetValueOrDefault(tables[i].Name);
            Recognize(tables[i], look.Run, seen);
            if (seen is not null)
            {
                Heed(tables[i], seen);
                _audits.Look(tables[i], look, seen, before[i]);
            }
            else
            {
                Resume(tables[i]); // one that is gone is made anew before its next batch
            }
        }

        (Latest, LatestAt) = (look, _clock.GetUtcNow());
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                await LookAsync(_stopping.Token);
                await Task.Delay(_store!.Interval, _clock, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The collector stops.
        }
    }

    private async Task<StoreLook> LookWithinAsync(Table[] tables, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(LongestLook, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await _store!.LookAsync(tables, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new StoreLook { Failure = new Outcome.Retry($"{_connection.Description} did not tell how it fares within {LongestLook.TotalSeconds} s") };
        }
#pragma warning disable CA1031 // A fault in the watch must not end it, nor what it watches.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return new StoreLook { Failure = new Outcome.Halted($"the watch broke: {exception.Message}") };
        }
    }

    /// <summary>Suspensions stay as they were seen last: a store that cannot be asked has resumed nothing.</summary>
    private void Fail(string problem)
    {
        Failures++;
        Latest = null;
        _audits.Blind();
        if (_connection.Problem is null && _repeated.IsDue())
        {
            LogBlind(_connection.Description, problem);
        }
    }

    /// <summary>A store that was started anew may have been given another data folder.</summary>
    private void Recognize(Table table, string? run, TableLook? seen)
    {
        bool isKnown = _known.TryGetValue(table.Name, out (string?, long?) known);
        if (seen is null or { IsChanged: true } || (isKnown && known != (run, seen.Id)))
        {
            _connection.Forget(table);
        }

        _known[table.Name] = (run, seen?.Id);
    }

    private void Heed(Table table, TableLook seen)
    {
        if (seen.IsSuspended == true)
        {
            DateTimeOffset since = _since.GetOrAdd(table.Name, static (_, now) => now, _clock.GetUtcNow());
            string reason = SuspensionText.Of(table.Name, since, seen.Cause, seen.Remedy);
            if (_connection.Suspensions.Set(table.Name, reason))
            {
                LogSuspended(_connection.Description, reason);
            }
        }
        else if (seen.IsSuspended == false)
        {
            Resume(table);
        }
    }

    private void Resume(Table table)
    {
        _since.TryRemove(table.Name, out _);
        if (_connection.Suspensions.Lift(table.Name))
        {
            LogResumed(table.Name);
        }
    }

    private void Time(Batch batch)
    {
        if (batch.Table.Name != Timed)
        {
            return;
        }

        lock (_timing)
        {
            if (_measuring.IsCompleted && !_stopping.IsCancellationRequested)
            {
                _measuring = MeasureAsync(batch);
            }
        }
    }

    private async Task MeasureAsync(Batch batch)
    {
        TimeSpan? took;
        try
        {
            took = await _probe!.MeasureAsync(batch, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }

        lock (_timing)
        {
            _untilVisible = took;
            _visible = took is { } visible ? (visible, _clock.GetUtcNow()) : _visible;
        }

        if (took is { } seconds)
        {
            BecameVisible?.Invoke(seconds);
        }
    }

    [LoggerMessage(3013, LogLevel.Error, "{Store} accepts rows that it does not show: {Reason}")]
    private partial void LogSuspended(string store, string reason);

    [LoggerMessage(3014, LogLevel.Information, "Table {Table} is not suspended any more")]
    private partial void LogResumed(string table);

    [LoggerMessage(3015, LogLevel.Warning, "{Store} takes rows but cannot be watched, so that a suspended table goes unnoticed: {Problem}")]
    private partial void LogBlind(string store, string problem);
}
