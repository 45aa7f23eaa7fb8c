using Demo.Faults;

namespace Demo.Strategies;

/// <summary>
/// A strategy: once a second the price takes a random step, open orders are filled or withdrawn, and new ones placed, so that
/// the position stays within a fifth of the capital.
/// </summary>
internal sealed class Strategy(StrategyProfile profile, FaultBoard faults, int seed) : IActor
{
    private const double Step = 0.0002;
    private const double FillChance = 0.6;
    private const double OrderShare = 0.02;
    private const double LargestExposure = 0.2;
    private const double LossASecond = 0.004;
    private const double LargestLoss = 0.15;
    private const double RecoveryASecond = 0.002;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(seed);
    private readonly Account _account = new();
    private readonly Queue<double> _orders = [];
    private TimeSpan _next;
    private double _price = profile.Price;
    private double _loss;
    private double _peak = profile.Capital;
    private long _placed;
    private long _filled;
    private StrategyReport? _report;

    public StrategyProfile Profile => profile;

    /// <summary>As of the last second; null while it has vanished.</summary>
    public StrategyReport? Report => Volatile.Read(ref _report);

    public TimeSpan AdvanceTo(TimeSpan elapsed)
    {
        for (; _next <= elapsed; _next += Second)
        {
            Live(_next);
        }

        return _next;
    }

    public void Dispose()
    {
        // Nothing is held.
    }

    private void Live(TimeSpan at)
    {
        _price *= 1 + Step * Math.Sqrt(12) * (_random.NextDouble() - 0.5);
        Trade();
        _loss = faults.IsActive(FaultKind.StrategyDrawdown, profile.Id, at)
            ? Math.Min(_loss + LossASecond, LargestLoss)
            : Math.Max(_loss - RecoveryASecond, 0);
        StrategyReport report = Told();
        Volatile.Write(ref _report, faults.IsActive(FaultKind.StrategyVanish, profile.Id, at) ? null : report);
    }

    private void Trade()
    {
        for (int open = _orders.Count; open > 0; open--)
        {
            double order = _orders.Dequeue();
            double chance = _random.NextDouble();
            if (chance < FillChance)
            {
                _account.Fill(order, _price);
                _filled++;
            }
            else if (chance < FillChance + 0.2)
            {
                _orders.Enqueue(order);
            }
        }

        // A Poisson number of orders, each for or against the position, the more likely against the larger it is.
        for (double left = profile.OrdersASecond + Math.Log(1 - _random.NextDouble()); left > 0; left += Math.Log(1 - _random.NextDouble()))
        {
            double share = _account.Position * _price / (LargestExposure * profile.Capital);
            double side = 2 * _random.NextDouble() - 1 > share ? 1 : -1;
            _orders.Enqueue(Math.Round(side * OrderShare * profile.Capital / _price, 4));
            _placed++;
        }
    }

    private StrategyReport Told()
    {
        double pnl = _account.Realised - _loss * profile.Capital;
        double unrealised = _account.Unrealised(_price);
        double equity = profile.Capital + pnl + unrealised;
        _peak = Math.Max(_peak, equity);
        return new StrategyReport
        {
            Symbol = profile.Symbol,
            Venue = profile.Venue,
            Pnl = Math.Round(pnl, 2),
            UnrealizedPnl = Math.Round(unrealised, 2),
            PositionSize = Math.Round(_account.Position, 4),
            OrdersPlaced = _placed,
            OrdersFilled = _filled,
            Exposure = Math.Round(Math.Abs(_account.Position) * _price, 2),
            Drawdown = profile.TellsDrawdown ? Math.Round((_peak - equity) / _peak, 6) : null,
            OpenOrders = _orders.Count,
            Equity = profile.TellsEquity ? Math.Round(equity, 2) : null,
        };
    }
}
