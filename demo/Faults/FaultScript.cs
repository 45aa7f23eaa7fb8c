namespace Demo.Faults;

/// <summary>
/// The schedule of <c>--faults</c>: every two minutes one fault that lasts 90 s, all kinds in turn in an order that the seed
/// decides, then all again in another order, each time on a target that the seed decides too.
/// </summary>
internal sealed class FaultScript : IDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan Lasting = TimeSpan.FromSeconds(90);

    private readonly FaultBoard _board;
    private readonly IEnumerator<Fault> _faults;

    public FaultScript(FaultBoard board, FaultTargets targets, int seed)
    {
        _board = board;
        _faults = Stream(targets, seed).GetEnumerator();
        _faults.MoveNext();
    }

    /// <summary>The endless schedule; the first fault comes after a minute.</summary>
    public static IEnumerable<Fault> Stream(FaultTargets targets, int seed)
    {
        var random = new Random(seed ^ 0xFA17);
        FaultKind[] kinds = [.. FaultKind.All];
        for (var from = TimeSpan.FromMinutes(1); ;)
        {
            random.Shuffle(kinds);
            foreach (FaultKind kind in kinds)
            {
                IReadOnlyList<string> names = targets.Of(kind.Target);
                yield return new Fault(kind, names[random.Next(names.Count)], from, from + Lasting);
                from += Every;
            }
        }
    }

    /// <summary>Puts up what begins up to an instant.</summary>
    public void AdvanceTo(TimeSpan elapsed)
    {
        // What finds no room is one of more than a hundred others.
        for (; _faults.Current.From <= elapsed; _faults.MoveNext())
        {
            _board.TryBegin(_faults.Current);
        }
    }

    public void Dispose() => _faults.Dispose();
}
