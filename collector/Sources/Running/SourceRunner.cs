using Collector.Lines;
using Microsoft.Extensions.Logging;

namespace Collector.Sources.Running;

/// <summary>
/// Runs one source for as long as the collector does: on a schedule without drift, with a time-out, and with accounts.
/// Whatever the source does, the loop goes on and no other source notices.
/// </summary>
public sealed partial class SourceRunner(
    ScheduledSource scheduled, ILineSink sink, CounterBaselines baselines, SourceMetrics metrics, TimeProvider clock, ILogger<SourceRunner> logger,
    Random? random = null) : IAsyncDisposable
{
    /// <summary>Time between two readings that a source asks for out of turn, so that what it watches cannot flood the tables by changing all the time.</summary>
    private static readonly TimeSpan AskedPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LeftOutLogPause = TimeSpan.FromMinutes(1);

    private readonly SourceStatus _status = metrics.Register(scheduled.Name, scheduled.Interval);
    private readonly WrittenSeries _series = new(scheduled.State);
    private readonly CrashPause _pause = new(random ?? new Random());
    private ISource _source = scheduled.Source;
    private Reading _reading = new(scheduled.Name, clock, baselines);
    private Task _hanging = Task.CompletedTask;
    private string? _lastError;
    private long _lastErrorLogged;
    private long? _leftOutLogged;
    private long? _askedAt;

    /// <summary>Reads at once, and then at every multiple of the interval; a slot that is missed is skipped, never made up for.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        long start = clock.GetTimestamp();
        for (long slot = 0; !stopping.IsCancellationRequested; slot++)
        {
            TimeSpan due = (slot * scheduled.Interval) - clock.GetElapsedTime(start);
            while (due > TimeSpan.Zero && await IsAskedWithinAsync(due, stopping))
            {
                await ReadOnceAsync(stopping);
                due = (slot * scheduled.Interval) - clock.GetElapsedTime(start);
            }

            if (due <= -scheduled.Interval)
            {
                long skipped = (long)(-due / scheduled.Interval);
                slot += skipped;
                _status.Skip(skipped);
            }

            if (!stopping.IsCancellationRequested)
            {
                await ReadOnceAsync(stopping);
                long pausing = (long)(_pause.Length / scheduled.Interval);
                if (pausing > 0)
                {
                    slot += pausing;
                    _status.Skip(pausing);
                }
            }
        }
    }

    public ValueTask DisposeAsync() => EndAsync(_source);

    /// <summary>
    /// After the end of <see cref="RunAsync"/>: waits for the reading that was under way, whose rows are kept nowhere, so that a
    /// successor of the same counters begins where this one stood.
    /// </summary>
    public async Task SettleAsync(TimeSpan patience) => await _hanging.WaitAsync(patience, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Waits for the time, or until a source that lives between its readings asks for one.</summary>
    /// <returns>Whether it asked before the time was over.</returns>
    private async Task<bool> IsAskedWithinAsync(TimeSpan time, CancellationToken stopping)
    {
        if (_source is not ILiveSource live)
        {
            await Task.Delay(time, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var delay = Task.Delay(time, clock, over.Token);
        Task asked = AskedAsync(live.Changed, over.Token);
        Task first = await Task.WhenAny(delay, asked);
        await over.CancelAsync();
        await Task.WhenAll(delay, asked).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return first == asked && !stopping.IsCancellationRequested;
    }

    /// <summary>Waits until the source asks; what it asks for within the pause is heard at its end.</summary>
    private async Task AskedAsync(ReadingSignal signal, CancellationToken over)
    {
        if (_askedAt is { } last && AskedPause - clock.GetElapsedTime(last) is { Ticks: > 0 } rest)
        {
            await Task.Delay(rest, clock, over);
        }

        await signal.WaitAsync(over);
        _askedAt = clock.GetTimestamp();
    }

    /// <summary>Takes one reading and accounts for it.</summary>
    internal async Task ReadOnceAsync(CancellationToken stopping)
    {
        long began = clock.GetTimestamp();
        (SourceError Error, string Message)? failure;
        int rows = 0;
        try
        {
            failure = await ReadAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }

        bool crashed = failure?.Error == SourceError.Internal;
        try
        {
            // What was read is handed over, also when the collector stops meanwhile.
            (rows, string? refusal) = await _reading.HandOverAsync(sink, scheduled.Interval, CancellationToken.None);
            failure = refusal is null ? failure : (SourceError.Spool, refusal);
            if (refusal is null)
            {
                _series.Remember(_reading.Series);
            }

            scheduled.State.Save();
        }
#pragma warning disable CA1031 // A fault on the way to the disk must not end the loop.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = Fault(exception);
        }

        string? error = ForeignText.Fit(failure?.Message); // it goes into a row of source_status, which must not fail over it
        _status.Finish(clock.GetUtcNow(), clock.GetElapsedTime(began), rows, failure?.Error, error);
        _status.LeaveOut(_reading.LeftOutCounts);
        Log(error);
        LogLeftOut();
        await RecoverAsync(crashed);
    }

    /// <summary>After a fault of its own a source is made anew, with a longer pause after each such fault in a row.</summary>
    private async Task RecoverAsync(bool crashed)
    {
        if (!crashed)
        {
            _pause.Reset();
            return;
        }

        _pause.Lengthen();
        if (scheduled.Remake is not { } remake)
        {
            return;
        }

        try
        {
            ISource broken = _source;
            _source = remake();
            await EndAsync(broken);
        }
#pragma warning disable CA1031 // It could be made once; until it can be again, the one that there is goes on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fault(exception);
        }
    }

    /// <summary>Ends a source that was made, whether or not it was read.</summary>
    public static async ValueTask EndAsync(ISource source)
    {
        if (source is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync();
        }
        else
        {
            (source as IDisposable)?.Dispose();
        }
    }

    private async Task<(SourceError Error, string Message)?> ReadAsync(CancellationToken stopping)
    {
        if (!_hanging.IsCompleted)
        {
            return (SourceError.Timeout, "the last reading still hangs, so no new one was begun");
        }

        _reading.Reset();
        using var timeout = new CancellationTokenSource(scheduled.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stopping);
        var task = Task.Run(() => _source.ReadAsync(_reading, either.Token), CancellationToken.None);
        try
        {
            // The second wait is for a source that does not heed its token: it is left behind with its rows.
            await task.WaitAsync(scheduled.Timeout + scheduled.Interval, clock, stopping);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            _hanging = LeaveBehindAsync(task, _reading);
            _reading = new Reading(scheduled.Name, clock, baselines);
            return (SourceError.Timeout, $"no reading after {scheduled.Timeout.TotalSeconds:0.###} s, and it does not let itself be stopped");
        }
        catch (TimeoutException) when (task.IsCompletedSuccessfully)
        {
            // It ended just as the time ran out.
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // This wait may have heard of the stop before the source's own token, which ends with this method.
            await either.CancelAsync();
            _hanging = LeaveBehindAsync(task, _reading);
            throw;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return (SourceError.Timeout, $"no reading after {scheduled.Timeout.TotalSeconds:0.###} s");
        }
        catch (SourceException exception)
        {
            return (exception.Error, exception.Message);
        }
#pragma warning disable CA1031 // Whatever a source throws stays its own affair.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Fault(exception);
        }

        return _reading.Refused.Count == 0 ? null : (SourceError.Row, Refusals());
    }

    private string Refusals()
    {
        var problems = new Problems();
        foreach (RefusedRow row in _reading.Refused)
        {
            problems.Add($"{row.Table}: {row.Fault.Message}");
        }

        return problems.ToString();
    }

    /// <summary>A fault of the program: told with its place, once as long as it stays the same.</summary>
    private (SourceError Error, string Message) Fault(Exception exception)
    {
        string message = $"{exception.GetType().Name}: {exception.Message}";
        if (message != _lastError)
        {
            LogFault(scheduled.Name, exception);
        }

        return (SourceError.Internal, message);
    }

    /// <summary>Waits for a reading that was given up, so that its counters' increase goes to the next one.</summary>
    private static async Task LeaveBehindAsync(Task task, Reading reading)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        reading.Reset();
    }

    /// <summary>Says what changed: a failure at once, the same one again at most every minute, and the recovery.</summary>
    private void Log(string? error)
    {
        if (error is null)
        {
            if (_lastError is not null)
            {
                LogRecovered(scheduled.Name);
            }
        }
        else if (error != _lastError || clock.GetElapsedTime(_lastErrorLogged) > TimeSpan.FromMinutes(1))
        {
            _lastErrorLogged = clock.GetTimestamp();
            LogFailed(scheduled.Name, error);
        }

        _lastError = error;
    }

    private void LogLeftOut()
    {
        if (_reading.LeftOutExample is { } example && !(_leftOutLogged is { } last && clock.GetElapsedTime(last) < LeftOutLogPause))
        {
            _leftOutLogged = clock.GetTimestamp();
            LogLeftOut(scheduled.Name, example);
        }
    }

    [LoggerMessage(5001, LogLevel.Warning, "Source {Source}: {Error}")]
    private partial void LogFailed(string source, string error);

    [LoggerMessage(5002, LogLevel.Information, "Source {Source} reads again")]
    private partial void LogRecovered(string source);

    [LoggerMessage(5003, LogLevel.Error, "Source {Source} has a fault of its own; please report it")]
    private partial void LogFault(string source, Exception exception);

    [LoggerMessage(5004, LogLevel.Warning, "Source {Source} leaves samples out (source_samples_left_out_total); the first is {Example}")]
    private partial void LogLeftOut(string source, string example);
}
