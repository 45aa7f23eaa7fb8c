namespace Demo.Faults;

/// <summary>A fault from one instant to another.</summary>
/// <param name="Name">What it strikes; null for all that its kind can strike.</param>
/// <param name="From">Time since the start from which on it is there.</param>
/// <param name="Until">The first instant without it; <see cref="TimeSpan.MaxValue"/> until somebody ends it.</param>
internal sealed record Fault(FaultKind Kind, string? Name, TimeSpan From, TimeSpan Until)
{
    public bool IsActive(TimeSpan at) => From <= at && at < Until;

    /// <summary>Whether it strikes the thing of that name, or one that holds it: <c>binance</c> strikes <c>binance/BTCUSDT/oi</c>.</summary>
    public bool Strikes(string thing) =>
        Name is null
        || thing.StartsWith(Name, StringComparison.Ordinal) && (thing.Length == Name.Length || thing[Name.Length] == '/');
}
