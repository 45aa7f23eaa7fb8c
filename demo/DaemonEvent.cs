namespace Demo;

/// <summary>What can happen to the demo's daemon.</summary>
internal enum DaemonEventKind
{
    /// <summary>A fetch was completed.</summary>
    Fetched,

    /// <summary>A fetch failed and is repeated at once.</summary>
    Failed,

    /// <summary>A liquidation was reported.</summary>
    Liquidated,
}

/// <summary>One thing that happens.</summary>
/// <param name="At">Operating time since the start.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Text">The symbol, or the text of the error.</param>
internal readonly record struct DaemonEvent(TimeSpan At, DaemonEventKind Kind, string Text);
