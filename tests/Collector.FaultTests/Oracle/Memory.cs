namespace Collector.FaultTests.Oracle;

/// <summary>One look at a table's books.</summary>
internal sealed record BooksSample(string Table, long Remainder, long Pending, long Accepted, long Quarantined, long Dropped);

/// <summary>Damage done to a segment file, and what stood in it.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="MustTell">Whether the collector can know of the loss: of the newest file's own it cannot.</param>
internal sealed record Damage(string File, string What, IReadOnlyList<(string Series, long Number)> Rows, bool MustTell);

/// <summary>What the oracle remembers while it happens.</summary>
internal sealed class Memory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<long>> _acknowledged = new(StringComparer.Ordinal);
    private readonly HashSet<(string, long)> _resent = [];
    private readonly List<BooksSample> _wrongBooks = [];
    private readonly List<Damage> _damages = [];
    private readonly List<string> _faults = [];

    /// <summary>Looks at the books so far.</summary>
    public long Samples { get; private set; }

    /// <summary>Rows that were refused, and that their sender was told of.</summary>
    public long Refused { get; private set; }

    /// <summary>Rows that were acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Rows of either kind, as often as they were told of: it grows while the writer lives.</summary>
    public long Lines { get; private set; }

    public IReadOnlyList<BooksSample> WrongBooks => Copy(_wrongBooks);

    public IReadOnlyList<Damage> Damages => Copy(_damages);

    /// <summary>What went wrong on the way, in words.</summary>
    public IReadOnlyList<string> Faults => Copy(_faults);

    public IReadOnlyDictionary<string, HashSet<long>> Numbers()
    {
        lock (_gate)
        {
            return _acknowledged.ToDictionary(series => series.Key, series => new HashSet<long>(series.Value), StringComparer.Ordinal);
        }
    }

    public void Acknowledge(string series, long first, long last)
    {
        lock (_gate)
        {
            Lines++;
            if (!_acknowledged.TryGetValue(series, out HashSet<long>? numbers))
            {
                _acknowledged[series] = numbers = [];
            }

            for (long number = first; number <= last; number++)
            {
                Acknowledged += numbers.Add(number) ? 1 : 0;
            }
        }
    }

    /// <summary>Their sender got no good answer and sends them again: what is wrong with one may then be told of more than once.</summary>
    public void Resend(string series, long first, long last)
    {
        lock (_gate)
        {
            for (long number = first; number <= last; number++)
            {
                _resent.Add((series, number));
            }
        }
    }

    public bool IsResent((string Series, long Number) row)
    {
        lock (_gate)
        {
            return _resent.Contains(row);
        }
    }

    public void Refuse(long rows)
    {
        lock (_gate)
        {
            Lines++;
            Refused += rows;
        }
    }

    public void Sample(BooksSample sample)
    {
        lock (_gate)
        {
            Samples++;
            if (sample.Remainder != 0)
            {
                _wrongBooks.Add(sample);
            }
        }
    }

    public void Note(Damage damage)
    {
        lock (_gate)
        {
            _damages.Add(damage);
        }
    }

    public void Fault(string what)
    {
        lock (_gate)
        {
            _faults.Add(what);
        }
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_gate)
        {
            return [.. list];
        }
    }
}
