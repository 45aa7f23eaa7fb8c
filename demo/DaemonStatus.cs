namespace Demo;

/// <summary>The daemon's state, changed by its loop and read by any number of requests.</summary>
internal sealed class DaemonStatus(DaemonProfile profile, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private bool _running;
    private bool _shutdownRequested;
    private long _fetches;
    private long _errors;
    private long _liquidations;
    private DateTime? _lastFetch;
    private string? _lastError;

    public void SetRunning(bool running)
    {
        lock (_gate)
            _running = running;
    }

    public void RequestShutdown()
    {
        lock (_gate)
            _shutdownRequested = true;
    }

    /// <summary>Counts an event that has just happened.</summary>
    public void Apply(in DaemonEvent happened)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        lock (_gate)
        {
            switch (happened.Kind)
            {
                case DaemonEventKind.Fetched:
                    _fetches++;
                    _lastFetch = now;
                    break;
                case DaemonEventKind.Failed:
                    _errors++;
                    _lastError = happened.Text;
                    break;
                case DaemonEventKind.Liquidated:
                    _liquidations++;
                    break;
            }
        }
    }

    /// <summary>All of it as of now, from one instant.</summary>
    public DaemonReport Report()
    {
        lock (_gate)
        {
            return new DaemonReport
            {
                Running = _running,
                ShutdownRequested = _shutdownRequested,
                FetchCount = _fetches,
                ErrorCount = _errors,
                LiquidationCount = _liquidations,
                UptimeSeconds = Math.Round(time.GetElapsedTime(_started).TotalSeconds, 3),
                LastFetchTime = _lastFetch,
                LastError = _lastError,
                Symbols = profile.Symbols,
                Exchanges = profile.Exchanges,
                Pid = Environment.ProcessId,
            };
        }
    }
}
