using System.Text;
using Collector.Lines;

namespace Collector.Sources.Prometheus;

/// <summary>
/// All series of a page by how the page writes them, so that a series is taken apart, filtered and mapped once and not at
/// each reading. Spellings of one series share it: that is how the second one is known for a duplicate.
/// </summary>
internal sealed class SeriesCache
{
    private readonly Dictionary<byte[], Series> _bySpelling = new(ByteKeys.Instance);
    private readonly Dictionary<byte[], Series>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly Dictionary<(string Name, string Labels), Series> _byName = [];
    private readonly SampleFilter _filter;
    private readonly TableMap[] _maps;
    private readonly RawSamples _raw;

    public SeriesCache(PrometheusOptions options, TableMap[] maps)
    {
        (_filter, _maps, _raw) = (new SampleFilter(options), maps, options.Raw);
        _lookup = _bySpelling.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count => _bySpelling.Count;

    /// <returns>The series; null, with the problem, where what is written is none.</returns>
    public Series? Find(ReadOnlySpan<byte> written, out string? problem)
    {
        problem = null;
        if (_lookup.TryGetValue(written, out Series? known))
        {
            return known;
        }

        (SeriesText? text, problem) = SeriesText.Parse(written);
        if (text is null)
        {
            return null;
        }

        string labels = text.Canonical();
        if (!_byName.TryGetValue((text.Name, labels), out Series? series))
        {
            _byName[(text.Name, labels)] = series = Make(text, labels);
        }

        _lookup[written] = series;
        return series;
    }

    /// <summary>Forgets the series that the latest reading did not have, once they are most of what is kept.</summary>
    public void Sweep(long reading, int samples)
    {
        if (_bySpelling.Count <= 2 * (samples + 100))
        {
            return;
        }

        foreach ((byte[] spelling, Series series) in _bySpelling)
        {
            if (series.LastRead != reading)
            {
                _bySpelling.Remove(spelling); // allowed while it is gone through
                _byName.Remove((series.Name, series.Labels));
            }
        }

        KeepRowsOfSeries();
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        _bySpelling.Clear();
        _byName.Clear();
        KeepRowsOfSeries();
    }

    /// <summary>Forgets the rows of typed tables that no series fills any more. One that a series still fills must stay the only one of its keys.</summary>
    private void KeepRowsOfSeries()
    {
        HashSet<MappedRow> filled = [.. _byName.Values.SelectMany(series => series.Cells).Select(cell => cell.Row)];
        Array.ForEach(_maps, map => map.Keep(filled));
    }

    private Series Make(SeriesText text, string labels)
    {
        if (!_filter.Takes(text))
        {
            return new Series(text.Name, labels) { IsDropped = true };
        }

        Cell[] cells = [.. _maps.SelectMany(map => map.Cells(text))];
        return new Series(text.Name, labels)
        {
            Cells = cells,
            IsRaw = _raw == RawSamples.All || (_raw == RawSamples.Unmapped && cells.Length == 0),
            Refusal = Encoding.UTF8.GetByteCount(text.Name) > LineLimits.KeyBytes ? LeftOut.Name
                : Encoding.UTF8.GetByteCount(labels) > LineLimits.LabelsBytes ? LeftOut.Labels
                : null,
        };
    }
}
