using System.Collections.Concurrent;
using Collector.Lines;

namespace Collector.Capabilities.Gateway;

/// <summary>
/// How many different keys each table with keys has seen today (UTC), held to a limit: a client that puts an id into a key
/// floods no table. Keys are remembered by a hash of 64 bits; two that share one count as one. Thread-safe.
/// </summary>
/// <param name="limit">Keys of the table.</param>
/// <param name="total">Those of all tables together.</param>
public sealed class SeriesLimit(int limit, SeriesTotal total)
{
    private const long MicrosPerDay = 86_400_000_000;

    private readonly Lock _gate = new();
    private readonly HashSet<ulong> _seen = [];
    private long _day;

    /// <summary>True when the table itself has had as many as it may.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _seen.Count >= limit;
            }
        }
    }

    /// <summary>True for a series that was seen today, or finds room.</summary>
    /// <param name="series">Table and keys, see <see cref="LineRewriter.Series"/>.</param>
    /// <param name="now">Microseconds since 1970 UTC.</param>
    /// <param name="planned">Where set, a new series is only noted there, beside others for which room is found already.</param>
    public bool Admits(ReadOnlySpan<byte> series, long now, HashSet<ulong>? planned = null)
    {
        ulong hash = ByteKeys.Hash(series);
        lock (_gate)
        {
            Roll(now / MicrosPerDay);
            if (_seen.Contains(hash) || planned?.Contains(hash) == true)
            {
                return true;
            }

            if (_seen.Count + (planned?.Count ?? 0) >= limit)
            {
                return false;
            }

            if (planned is not null)
            {
                return total.HasRoom(planned.Count + 1, now) && planned.Add(hash);
            }

            return total.TryTake(now) && _seen.Add(hash);
        }
    }

    /// <summary>Adds series for which room was found.</summary>
    public void Add(HashSet<ulong> planned)
    {
        lock (_gate)
        {
            int before = _seen.Count;
            _seen.UnionWith(planned);
            total.Take(_seen.Count - before);
        }
    }

    /// <summary>Forgets the keys of another day, unless another thread is at them.</summary>
    public void TryForget(long now)
    {
        if (_gate.TryEnter())
        {
            try
            {
                Roll(now / MicrosPerDay);
            }
            finally
            {
                _gate.Exit();
            }
        }
    }

    private void Roll(long day)
    {
        if (day == _day)
        {
            return;
        }

        _day = day;
        total.Take(-_seen.Count);
        _seen.Clear();
        _seen.TrimExcess();
    }
}

/// <summary>The keys that all tables together have seen today, held to a limit: they are kept in memory. Thread-safe.</summary>
public sealed class SeriesTotal(int limit)
{
    private readonly ConcurrentBag<SeriesLimit> _tables = [];
    private int _taken;

    public int Taken => Volatile.Read(ref _taken);

    /// <summary>The limit of one more table.</summary>
    /// <param name="most">Keys of the table.</param>
    public SeriesLimit Table(int most)
    {
        var table = new SeriesLimit(most, this);
        _tables.Add(table);
        return table;
    }

    public bool TryTake(long now)
    {
        if (!HasRoom(1, now))
        {
            return false;
        }

        Take(1);
        return true;
    }

    public bool HasRoom(int series, long now)
    {
        if (Taken + series > limit)
        {
            foreach (SeriesLimit table in _tables)
            {
                table.TryForget(now); // tables to which nothing came today still have yesterday's
            }
        }

        return Taken + series <= limit;
    }

    public void Take(int series) => Interlocked.Add(ref _taken, series);
}
