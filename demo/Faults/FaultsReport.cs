namespace Demo.Faults;

/// <summary>The body of <c>GET /faults</c>.</summary>
/// <param name="Active">Those that are there now, and those that are still to come.</param>
/// <param name="Kinds">What can be asked for, with what it does.</param>
internal sealed record FaultsReport(IReadOnlyList<FaultReport> Active, IReadOnlyDictionary<string, string> Kinds)
{
    public static FaultsReport Of(IEnumerable<Fault> faults, SimulationClock clock) =>
        new([.. faults.Select(fault => One(fault, clock))], FaultKind.All.ToDictionary(kind => kind.Name, kind => kind.Effect, StringComparer.Ordinal));

    public static FaultReport One(Fault fault, SimulationClock clock) =>
        new(fault.Kind.Name, fault.Name, clock.UtcAt(fault.From), fault.Until == TimeSpan.MaxValue ? null : clock.UtcAt(fault.Until));
}

/// <param name="Fault">The name of its kind.</param>
/// <param name="Name">What it strikes; null for all.</param>
/// <param name="From">UTC.</param>
/// <param name="Until">UTC; null while it lasts until somebody ends it.</param>
internal sealed record FaultReport(string Fault, string? Name, DateTime From, DateTime? Until);
