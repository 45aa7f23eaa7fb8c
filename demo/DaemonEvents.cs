namespace Demo;

/// <summary>
/// The endless stream of what happens to the daemon, ordered by time and determined by profile and seed alone:
/// every symbol's open interest and funding rate are fetched at the start and then by their intervals, liquidations
/// arrive as a Poisson process. Fetch failures and liquidations draw from generators of their own, so that a change
/// of the one leaves the other as it was.
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
            planned.Enqueue(new Plan(symbol, profile.OpenInterestInterval), (TimeSpan.Zero, order++));
            planned.Enqueue(new Plan(symbol, profile.FundingInterval), (TimeSpan.Zero, order++));
        }

        planned.Enqueue(Plan.Liquidation, (Wait(liquidations, profile.MeanLiquidationInterval), order++));

        while (planned.TryDequeue(out Plan? plan, out (TimeSpan At, long Order) due))
        {
            if (plan.Symbol is null)
            {
                string symbol = profile.Symbols[liquidations.Next(profile.Symbols.Count)];
                yield return new DaemonEvent(due.At, DaemonEventKind.Liquidated, symbol);
                planned.Enqueue(plan, (due.At + Wait(liquidations, profile.MeanLiquidationInterval), order++));
                continue;
            }

            if (failures.NextDouble() < profile.FirstTryFailures)
            {
                string fault = Faults[failures.Next(Faults.Length)];
                string exchange = profile.Exchanges[failures.Next(profile.Exchanges.Count)];
                yield return new DaemonEvent(due.At, DaemonEventKind.Failed, string.Format(fault, exchange, plan.Symbol));
            }

            yield return new DaemonEvent(due.At, DaemonEventKind.Fetched, plan.Symbol);
            planned.Enqueue(plan, (due.At + plan.Interval, order++));
        }
    }

    /// <summary>An exponentially distributed wait: its memory-less arrivals make a Poisson process.</summary>
    private static TimeSpan Wait(Random random, TimeSpan mean) => mean * -Math.Log(1 - random.NextDouble());

    private sealed record Plan(string? Symbol, TimeSpan Interval)
    {
        public static readonly Plan Liquidation = new(null, TimeSpan.Zero);
    }
}
