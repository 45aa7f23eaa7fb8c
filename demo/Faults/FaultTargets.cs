namespace Demo.Faults;

/// <summary>What faults can be aimed at, by name.</summary>
internal sealed record FaultTargets
{
    public required IReadOnlyList<string> Daemons { get; init; }

    public required IReadOnlyList<string> Exchanges { get; init; }

    /// <summary>Every series, as <c>exchange/symbol/data_type</c>.</summary>
    public required IReadOnlyList<string> Series { get; init; }

    public required IReadOnlyList<string> Strategies { get; init; }

    /// <summary>All of a kind; of the series the exchanges alone, since a script that names one in 24 is hardly seen.</summary>
    public IReadOnlyList<string> Of(FaultTarget target) => target switch
    {
        FaultTarget.Daemon => Daemons,
        FaultTarget.Strategy => Strategies,
        _ => Exchanges,
    };

    /// <summary>Whether a fault of that target can be aimed at a name.</summary>
    public bool Has(FaultTarget target, string name) => target == FaultTarget.Series
        ? Series.Any(new Fault(FaultKind.PipelineGap, name, TimeSpan.Zero, TimeSpan.MaxValue).Strikes)
        : Of(target).Contains(name, StringComparer.Ordinal);
}
