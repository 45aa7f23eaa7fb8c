using System.Globalization;
using Demo.Faults;

namespace Demo.Exchanges;

/// <summary>A venue that trades: its trades are told to whoever subscribes, unless a fault is in the way.</summary>
internal sealed class TradingVenue : IActor
{
    private const int WeightLimit = 6000;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LagOfTrades = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LagOfReplies = TimeSpan.FromMilliseconds(450);

    private readonly VenueProfile _profile;
    private readonly FaultBoard _faults;
    private readonly IEnumerator<Trade> _trades;
    private readonly Action<Trade> _tell;
    private readonly Random _weight;
    private TimeSpan _nextLook;
    private long _told;

    /// <param name="tell">Gets each trade that is told; by default the venue's connections do.</param>
    public TradingVenue(VenueProfile profile, FaultBoard faults, SimulationClock clock, int seed, Action<Trade>? tell = null)
    {
        (_profile, _faults, _tell) = (profile, faults, tell ?? Post);
        Venue = new Venue(profile.Dialect, clock.Time);
        Venue.Behaviour.ClockAhead = profile.ClockAhead;
        Venue.Behaviour.BeforePong = Replies(clock, new Random(seed ^ 0x9109));
        _trades = Trades.Stream(profile, seed).GetEnumerator();
        _trades.MoveNext();
        _weight = new Random(seed ^ 0x3E16);
    }

    public Venue Venue { get; }

    /// <summary>Trades told since the start, whether somebody listened or not.</summary>
    public long Told => Volatile.Read(ref _told);

    public TimeSpan AdvanceTo(TimeSpan elapsed)
    {
        while (true)
        {
            TimeSpan next = _trades.Current.At < _nextLook ? _trades.Current.At : _nextLook;
            if (next > elapsed)
            {
                return next;
            }

            if (next == _nextLook)
            {
                Look(next);
                _nextLook += BetweenLooks;
            }
            else
            {
                Tell(_trades.Current);
                _trades.MoveNext();
            }
        }
    }

    public void Dispose() => _trades.Dispose();

    private void Look(TimeSpan at)
    {
        bool down = _faults.IsActive(FaultKind.ExchangeDisconnect, Venue.Name, at);
        Venue.Behaviour.Refuses = down ? 503 : null;
        if (down)
        {
            Venue.Cut();
        }

        if (_profile.WeightHeader is { } header)
        {
            int used = _weight.Next(300, 900);
            used = _faults.IsActive(FaultKind.ExchangeRateLimit, Venue.Name, at) ? WeightLimit * 95 / 100 : used;
            Venue.Behaviour.ClockHeaders = new Dictionary<string, string>(StringComparer.Ordinal) { [header] = used.ToString(CultureInfo.InvariantCulture) };
        }
    }

    private void Tell(Trade trade)
    {
        if (_faults.IsActive(FaultKind.ExchangeMute, Venue.Name, trade.At) || _faults.IsActive(FaultKind.ExchangeDisconnect, Venue.Name, trade.At))
        {
            return;
        }

        bool lags = _faults.IsActive(FaultKind.ExchangeLag, Venue.Name, trade.At);
        _tell(lags ? trade with { Late = trade.Late + LagOfTrades } : trade);
        Volatile.Write(ref _told, _told + 1);
    }

    private void Post(Trade trade)
    {
        foreach (VenueSession session in Venue.Open)
        {
            session.Post(trade.Number, trade.Late);
        }
    }

    private Func<Task> Replies(SimulationClock clock, Random random) => () =>
    {
        TimeSpan wait;
        lock (random)
        {
            wait = Trades.Around(random, _profile.RoundTrip);
        }

        bool lags = _faults.IsActive(FaultKind.ExchangeLag, Venue.Name, clock.Elapsed);
        return Task.Delay(lags ? wait + LagOfReplies : wait, clock.Time);
    };
}
