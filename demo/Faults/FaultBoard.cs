namespace Demo.Faults;

/// <summary>
/// The faults of the simulation. Whoever can be struck asks for an instant of its own, not for now: so what happens does
/// not depend on when it is worked out. Safe for any number of threads.
/// </summary>
internal sealed class FaultBoard
{
    /// <summary>More at a time are turned away.</summary>
    public const int Most = 100;

    private readonly Lock _gate = new();
    private List<Fault> _faults = [];

    /// <summary>The fault of this kind that strikes the thing at the instant; null while there is none.</summary>
    public Fault? Find(FaultKind kind, string thing, TimeSpan at)
    {
        foreach (Fault fault in Volatile.Read(ref _faults))
        {
            if (fault.Kind == kind && fault.IsActive(at) && fault.Strikes(thing))
            {
                return fault;
            }
        }

        return null;
    }

    public bool IsActive(FaultKind kind, string thing, TimeSpan at) => Find(kind, thing, at) is not null;

    /// <summary>Those of an instant, and those that are still to come.</summary>
    public IReadOnlyList<Fault> From(TimeSpan at) => [.. Volatile.Read(ref _faults).Where(fault => at < fault.Until)];

    /// <summary>Takes a fault; false when there are too many.</summary>
    public bool TryBegin(Fault fault) => Change(faults => faults.Count < Most ? [.. faults, fault] : null);

    /// <summary>Ends those of a kind and name at an instant; false when there was none.</summary>
    /// <param name="name">As it was given; null ends all of the kind.</param>
    public bool TryEnd(FaultKind kind, string? name, TimeSpan at)
    {
        bool Ends(Fault fault) => fault.Kind == kind && (name is null || fault.Name == name) && at < fault.Until;
        return Change(faults => faults.Exists(Ends) ? [.. faults.Select(fault => Ends(fault) ? fault with { Until = at } : fault)] : null);
    }

    /// <summary>Forgets what was over before an instant: nobody asks for it any more.</summary>
    public void Forget(TimeSpan before) =>
        Change(faults => faults.Exists(fault => fault.Until < before) ? [.. faults.Where(fault => fault.Until >= before)] : null);

    private bool Change(Func<List<Fault>, List<Fault>?> change)
    {
        lock (_gate)
        {
            if (change(_faults) is not { } changed)
            {
                return false;
            }

            Volatile.Write(ref _faults, changed);
            return true;
        }
    }
}
