using Demo.Faults;

namespace Demo.Daemons;

/// <summary>
/// A daemon at work: its events happen when they are due, <paramref name="speed"/> hours of them in an hour, as long as its
/// process is there; once a second the faults are looked at.
/// </summary>
internal sealed class Daemon(DaemonProfile profile, DaemonStatus status, FaultBoard faults, IRecordSink records, SimulationClock clock, int seed, double speed)
    : IActor
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenRestarts = TimeSpan.FromSeconds(15);
    private const int SecondsBetweenErrors = 3;
    private const long MostMemory = 1_400_000_000;
    private const long MemoryASecond = 20_000_000;

    private readonly Random _latencies = new(seed ^ 0x1A7E);
    private readonly Random _errors = new(seed ^ 0xE55);
    private readonly Random _memory = new(seed ^ 0x3E3);
    private readonly Dictionary<Series, RecordWalk> _walks =
        profile.Series.Select((series, i) => (series, i)).ToDictionary(one => one.series, one => new RecordWalk(one.series, unchecked(seed * 31 + one.i)));

    private IEnumerator<DaemonEvent>? _events;
    private TimeSpan _began;
    private TimeSpan _nextLook;
    private int _lives;
    private long _leaked;

    public DaemonProfile Profile => profile;

    public DaemonStatus Status => status;

    public TimeSpan AdvanceTo(TimeSpan elapsed)
    {
        while (true)
        {
            TimeSpan nextEvent = _events is null ? TimeSpan.MaxValue : _began + _events.Current.At / speed;
            TimeSpan next = nextEvent < _nextLook ? nextEvent : _nextLook;
            if (next > elapsed)
            {
                return next;
            }

            if (next == _nextLook)
            {
                Look(next);
                _nextLook += Second;
            }
            else
            {
                Happen(_events!.Current, next);
                Move();
            }
        }
    }

    public void Dispose() => _events?.Dispose();

    private void Look(TimeSpan at)
    {
        if (faults.IsActive(FaultKind.DaemonDown, profile.Name, at))
        {
            End();
            return;
        }

        Fault? restart = faults.Find(FaultKind.DaemonRestart, profile.Name, at);
        if (_events is null || (restart is not null && (_began < restart.From || at - _began >= BetweenRestarts)))
        {
            Start(at);
        }

        if (faults.Find(FaultKind.DaemonErrors, profile.Name, at) is { } errors && (at - errors.From).Ticks / Second.Ticks % SecondsBetweenErrors == 0)
        {
            string dataType = profile.Series.First().DataType;
            status.Count(DaemonEvents.Failure(_errors, profile, at, dataType, profile.Symbols[_errors.Next(profile.Symbols.Count)]), clock.UtcAt(at));
        }

        _leaked = faults.IsActive(FaultKind.DaemonMemory, profile.Name, at) ? Math.Min(_leaked + MemoryASecond, MostMemory - profile.Memory) : 0;
        status.SetMemory(profile.Memory + _leaked + _memory.Next(4_000_000));
    }

    private void Start(TimeSpan at)
    {
        End();
        _began = at;
        // Another life has other errors and liquidations, the same for the same seed.
        _events = DaemonEvents.Stream(profile, unchecked(seed + 7919 * _lives++)).GetEnumerator();
        Move();
        status.Start(at);
    }

    private void End()
    {
        _events?.Dispose();
        _events = null;
        _leaked = 0;
        status.Die();
    }

    /// <summary>On to the next event; a profile without any has none for ever.</summary>
    private void Move()
    {
        if (!_events!.MoveNext())
        {
            throw new InvalidOperationException($"{profile.Name} has neither fetches nor liquidations.");
        }
    }

    private void Happen(in DaemonEvent happened, TimeSpan at)
    {
        DateTime utc = clock.UtcAt(at);
        status.Count(happened, utc);
        if (happened.Kind == DaemonEventKind.Failed)
        {
            return;
        }

        foreach (string exchange in happened.Exchange is null ? profile.Exchanges : [happened.Exchange])
        {
            var series = new Series(exchange, happened.Symbol, happened.DataType);
            // Drawn in any case, so that a fault leaves the numbers after it as they would have been.
            double latency = 15 + 30 * -Math.Log(1 - _latencies.NextDouble());
            (double First, double Second) values = _walks[series].Next();
            if (!faults.IsActive(FaultKind.PipelineGap, series.ToString(), at))
            {
                status.Count(series, latency, utc);
                records.Add(series, utc, values);
            }
        }
    }
}
