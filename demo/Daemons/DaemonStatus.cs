namespace Demo.Daemons;

/// <summary>What a daemon tells of itself: changed by the simulation's loop and read by any number of requests.</summary>
internal sealed class DaemonStatus(DaemonProfile profile, SimulationClock clock)
{
    private readonly Lock _gate = new();
    private Life? _life;
    private bool _shutdownRequested;

    public string Name => profile.Name;

    public void RequestShutdown()
    {
        lock (_gate)
        {
            _shutdownRequested = true;
        }
    }

    /// <summary>It starts, with nothing done yet.</summary>
    public void Start(TimeSpan at)
    {
        lock (_gate)
        {
            _life = new Life(at, new Pipeline(profile)) { Memory = profile.Memory };
        }
    }

    /// <summary>It is gone.</summary>
    public void Die()
    {
        lock (_gate)
        {
            _life = null;
        }
    }

    /// <summary>Counts an event.</summary>
    /// <param name="at">UTC.</param>
    public void Count(in DaemonEvent happened, DateTime at) => Live(happened, at, static (life, happened, at) =>
    {
        switch (happened.Kind)
        {
            case DaemonEventKind.Fetched:
                life.Fetches++;
                life.LastFetch = at;
                break;
            case DaemonEventKind.Failed:
                life.Errors++;
                life.LastError = happened.Error;
                break;
            case DaemonEventKind.Liquidated:
                life.Liquidations++;
                break;
        }
    });

    /// <summary>Counts a record.</summary>
    /// <param name="at">UTC.</param>
    public void Count(Series series, double latencyMs, DateTime at) =>
        Live((series, latencyMs), at, static (life, record, at) => life.Pipeline.Add(record.series, record.latencyMs, at));

    public void SetMemory(long bytes) => Live(bytes, default, static (life, bytes, _) => life.Memory = bytes);

    /// <summary>All of it as of now, from one instant; null while it is gone.</summary>
    public DaemonReport? Report()
    {
        lock (_gate)
        {
            return _life is not { } life ? null : new DaemonReport
            {
                Running = true,
                ShutdownRequested = _shutdownRequested,
                FetchCount = life.Fetches,
                ErrorCount = life.Errors,
                LiquidationCount = life.Liquidations,
                UptimeSeconds = Math.Round((clock.Elapsed - life.Began).TotalSeconds, 3),
                LastFetchTime = life.LastFetch,
                LastError = life.LastError,
                Symbols = profile.Symbols,
                Exchanges = profile.Exchanges,
                Pid = Environment.ProcessId,
                MemoryBytes = life.Memory,
                Pipeline = life.Pipeline.Report(),
            };
        }
    }

    private void Live<T>(T what, DateTime at, Action<Life, T, DateTime> change)
    {
        lock (_gate)
        {
            if (_life is { } life)
            {
                change(life, what, at);
            }
        }
    }

    /// <summary>From one start to the next.</summary>
    private sealed class Life(TimeSpan began, Pipeline pipeline)
    {
        public TimeSpan Began => began;

        public Pipeline Pipeline => pipeline;

        public long Fetches { get; set; }

        public long Errors { get; set; }

        public long Liquidations { get; set; }

        public DateTime? LastFetch { get; set; }

        public string? LastError { get; set; }

        public long Memory { get; set; }
    }
}
