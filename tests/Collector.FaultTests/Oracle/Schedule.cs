namespace Collector.FaultTests.Oracle;

/// <summary>What the oracle does.</summary>
internal enum StepKind
{
    /// <summary>SIGKILL of the writer, and a start on the same folder.</summary>
    Kill,

    /// <summary>As <see cref="Kill"/>, and once more soon after the start, in the midst of the recovery.</summary>
    KillTwice,

    /// <summary>As <see cref="Kill"/>, and a segment is damaged meanwhile.</summary>
    KillAndDamage,

    /// <summary>The writer ends in order, and starts.</summary>
    Restart,

    /// <summary>SIGKILL of the database.</summary>
    DatabaseKill,

    /// <summary>The database ends in order.</summary>
    DatabaseStop,

    /// <summary>SIGSTOP: it takes connections and answers nothing.</summary>
    DatabasePause,

    /// <summary>Starts the database, or lets it go on.</summary>
    DatabaseBack,

    /// <summary>A part of the requests meets a fault on the way.</summary>
    Way,

    /// <summary>Nothing listens where the database was.</summary>
    WayRefused,

    /// <summary>The way is free.</summary>
    WayFree,

    /// <summary>The writer's clock is set.</summary>
    Clock,

    /// <summary>The disk is full.</summary>
    DiskFull,

    /// <summary>There is room again.</summary>
    DiskRoom,
}

/// <summary>One thing to do.</summary>
/// <param name="After">Time from the step before.</param>
/// <param name="Chance">Decides the particulars: which file, which fault, how far.</param>
internal sealed record Step(StepKind Kind, TimeSpan After, int Chance)
{
    public override string ToString() => $"+{After.TotalMilliseconds:0} ms {Kind} ({Chance})";
}

/// <summary>All that is done in a round, which its seed decides.</summary>
internal static class Schedule
{
    private static readonly (StepKind Kind, int Weight)[] Weights =
    [
        (StepKind.Kill, 30), (StepKind.KillTwice, 10), (StepKind.KillAndDamage, 16), (StepKind.Restart, 6),
        (StepKind.DatabaseKill, 4), (StepKind.DatabaseStop, 2), (StepKind.DatabasePause, 7),
        (StepKind.Way, 24), (StepKind.WayRefused, 5), (StepKind.Clock, 8), (StepKind.DiskFull, 8),
    ];

    /// <param name="kills">SIGKILLs of the writer.</param>
    /// <param name="able">What the writer can have done to it.</param>
    public static IReadOnlyList<Step> Of(int seed, int kills, Func<StepKind, bool> able)
    {
        var random = new Random(seed);
        var steps = new List<Step>();
        var back = new SortedDictionary<StepKind, int>(); // what ends a fault, after this many steps
        for (int done = 0; done < kills;)
        {
            foreach (StepKind due in back.Where(end => end.Value <= steps.Count).Select(end => end.Key).ToArray())
            {
                back.Remove(due);
                Add(due);
            }

            StepKind kind = Drawn(random);
            if (!able(kind) || (End(kind) is { } end && !back.TryAdd(end, steps.Count + random.Next(2, 6))))
            {
                continue;
            }

            Add(kind);
            done += Kills(kind);
        }

        foreach (StepKind left in back.Keys)
        {
            Add(left);
        }

        return steps;

        void Add(StepKind kind) => steps.Add(new Step(kind, TimeSpan.FromMilliseconds(random.Next(50, 1200)), random.Next()));
    }

    public static int Kills(StepKind kind) => kind switch
    {
        StepKind.Kill or StepKind.KillAndDamage => 1,
        StepKind.KillTwice => 2,
        _ => 0,
    };

    private static StepKind? End(StepKind kind) => kind switch
    {
        StepKind.DatabaseKill or StepKind.DatabaseStop or StepKind.DatabasePause => StepKind.DatabaseBack,
        StepKind.Way or StepKind.WayRefused => StepKind.WayFree,
        StepKind.DiskFull => StepKind.DiskRoom,
        _ => null,
    };

    private static StepKind Drawn(Random random)
    {
        int at = random.Next(Weights.Sum(weight => weight.Weight));
        return Weights.First(weight => (at -= weight.Weight) < 0).Kind;
    }
}
