namespace Demo.Daemons;

/// <summary>What can happen to a daemon.</summary>
internal enum DaemonEventKind
{
    /// <summary>A fetch was completed: a record of each exchange.</summary>
    Fetched,

    /// <summary>A fetch failed and is repeated at once.</summary>
    Failed,

    /// <summary>A liquidation was reported by one exchange.</summary>
    Liquidated,
}

/// <summary>One thing that happens.</summary>
/// <param name="At">Operating time since the daemon's start.</param>
/// <param name="Kind">What happens.</param>
/// <param name="DataType">What it is about.</param>
/// <param name="Symbol">The symbol it is about.</param>
/// <param name="Exchange">The exchange; null for all of them.</param>
internal readonly record struct DaemonEvent(TimeSpan At, DaemonEventKind Kind, string DataType, string Symbol, string? Exchange)
{
    /// <summary>The text of the error; null for what is none.</summary>
    public string? Error { get; init; }
}
