using Collector.Lines;

namespace Collector.Gateway;

/// <summary>
/// How many different keys each table with keys has seen today (UTC), held to a limit: a client that puts an id into a key
/// floods no table. Keys are remembered by a hash of 64 bits, 8 bytes each; two that share one count as one. Thread-safe.
/// </summary>
internal sealed class SeriesLimit(int limit)
{
    private const long MicrosPerDay = 86_400_000_000;

    private readonly Lock _gate = new();
    private readonly HashSet<ulong> _seen = [];
    private long _day;

    /// <summary>True for a series that was seen today, or finds room.</summary>
    /// <param name="series">Table and keys, see <see cref="LineRewriter.Series"/>.</param>
    /// <param name="now">Microseconds since 1970 UTC.</param>
    /// <param name="planned">Where set, a new series is only noted there, beside others for which room is found already.</param>
    public bool Admits(ReadOnlySpan<byte> series, long now, HashSet<ulong>? planned = null)
    {
        ulong hash = ByteKeys.Hash(series);
        lock (_gate)
        {
            if (now / MicrosPerDay != _day)
            {
                _seen.Clear();
                _day = now / MicrosPerDay;
            }

            return _seen.Contains(hash) || planned?.Contains(hash) == true
                || (_seen.Count + (planned?.Count ?? 0) < limit && (planned ?? _seen).Add(hash));
        }
    }

    /// <summary>Adds series for which room was found.</summary>
    public void Add(HashSet<ulong> planned)
    {
        lock (_gate)
        {
            _seen.UnionWith(planned);
        }
    }
}
