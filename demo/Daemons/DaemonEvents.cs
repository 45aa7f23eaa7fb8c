namespace Demo.Daemons;

/// <summary>
/// The endless stream of what happens to a daemon, ordered by time and determined by profile and seed alone: every
/// symbol's data are fetched at the start and then by their intervals, liquidations arrive as a Poisson process. Fetch
/// failures and liquidations draw from generators of their own, so that a change of the one leaves the other as it was.
/// </summary>
internal static class DaemonEvents
{
    private static readonly string[] Faults =
    [
        "429 Too Many Requests from {0} while fetching {1}",
        "{0}: no answer within 10 s while fetching {1}",
        "{0}: connection reset by peer while fetching {1}",
        "{0}: unexpected end of JSON while fetching {1}",
    ];

    public static IEnumerable<DaemonEvent> Stream(DaemonProfile profile, int seed)
    {
        var failures = new Random(seed);
        var liquidations = new Random(seed ^ 0x5EED);
        // The second part of the priority makes events of the same instant come in the order they were planned in.
        var planned = new PriorityQueue<Plan, (TimeSpan At, long Order)>();
        long order = 0;

        foreach (string symbol in profile.Symbols)
        {
            foreach (FetchPlan fetch in profile.Fetches)
            {
                planned.Enqueue(new Plan(symbol, fetch), (TimeSpan.Zero, order++));
            }
        }

        if (profile.MeanLiquidationInterval is { } mean)
        {
            planned.Enqueue(new Plan(null, new FetchPlan(DataTypes.Liquidation, mean)), (Wait(liquidations, mean), order++));
        }

        while (planned.TryDequeue(out Plan? plan, out (TimeSpan At, long Order) due))
        {
            if (plan.Symbol is null)
            {
                yield return new DaemonEvent(due.At, DaemonEventKind.Liquidated, plan.Fetch.DataType, One(liquidations, profile.Symbols), One(liquidations, profile.Exchanges));
                planned.Enqueue(plan, (due.At + Wait(liquidations, plan.Fetch.Interval), order++));
                continue;
            }

            if (failures.NextDouble() < profile.FirstTryFailures)
            {
                yield return Failure(failures, profile, due.At, plan.Fetch.DataType, plan.Symbol);
            }

            yield return new DaemonEvent(due.At, DaemonEventKind.Fetched, plan.Fetch.DataType, plan.Symbol, null);
            planned.Enqueue(plan, (due.At + plan.Fetch.Interval, order++));
        }
    }

    /// <summary>A failure at an exchange, with a text, by chance.</summary>
    public static DaemonEvent Failure(Random random, DaemonProfile profile, TimeSpan at, string dataType, string symbol)
    {
        string text = One(random, Faults);
        string exchange = One(random, profile.Exchanges);
        return new DaemonEvent(at, DaemonEventKind.Failed, dataType, symbol, exchange) { Error = string.Format(text, exchange, symbol) };
    }

    private static string One(Random random, IReadOnlyList<string> all) => all[random.Next(all.Count)];

    /// <summary>An exponentially distributed wait: its memory-less arrivals make a Poisson process.</summary>
    private static TimeSpan Wait(Random random, TimeSpan mean) => mean * -Math.Log(1 - random.NextDouble());

    private sealed record Plan(string? Symbol, FetchPlan Fetch);
}
