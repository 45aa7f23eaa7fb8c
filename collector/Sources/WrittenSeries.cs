using Collector.Lines;

namespace Collector.Sources;

/// <summary>
/// Remembers which series a source has written, of tables with a state, so that a later start can retire those that the
/// configuration no longer names.
/// </summary>
internal sealed class WrittenSeries(ISourceState state)
{
    /// <summary>Series of one source that are remembered. A source with more is one of samples, not of things that are watched.</summary>
    private const int Most = 10_000;

    private readonly HashSet<SeriesKeys> _known = [];

    public void Remember(IReadOnlyCollection<SeriesKeys> series)
    {
        foreach (SeriesKeys one in series)
        {
            if (_known.Count < Most && _known.Add(one))
            {
                state.Set(one.MemoryKey, "");
            }
        }
    }
}
