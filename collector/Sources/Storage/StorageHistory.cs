using System.Globalization;
using Collector.Lines;
using Collector.Sources.Gaps;

namespace Collector.Sources.Storage;

/// <summary>How the files of each series were at the last walk, over a restart of the collector too: whether some came since.</summary>
internal sealed class StorageHistory(ISourceState state)
{
    private const string Prefix = "files ";

    private readonly Dictionary<DataSeries, string> _kept = [];
    private readonly Dictionary<DataSeries, (long Newest, long Bytes)> _seen = [];

    /// <summary>A newer newest file, or more bytes, are records that came; nobody knows how many. Fewer bytes are files that went.</summary>
    public Sighting See(DataSeries series, SeriesFiles files)
    {
        (long Newest, long Bytes)? before = _seen.TryGetValue(series, out (long, long) seen) ? seen : Parse(state.Get(Prefix + series.MemoryKey));
        long newest = files.NewestAt.UtcTicks;
        _seen[series] = (newest, files.Bytes);
        return new Sighting(newest > before?.Newest || files.Bytes > before?.Bytes ? null : 0, files.NewestAt);
    }

    /// <summary>Remembers the series that are watched.</summary>
    public void Keep(Func<DataSeries, bool> isWatched)
    {
        foreach ((DataSeries series, (long newest, long bytes)) in _seen)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{newest} {bytes}");
            if (isWatched(series) && _kept.GetValueOrDefault(series) != text)
            {
                _kept[series] = text;
                state.Set(Prefix + series.MemoryKey, text);
            }
        }
    }

    public void Forget(DataSeries series)
    {
        _seen.Remove(series);
        _kept.Remove(series);
        state.Forget(Prefix + series.MemoryKey);
    }

    private static (long Newest, long Bytes)? Parse(string? text) =>
        text?.Split(' ') is [var newest, var bytes] && long.TryParse(newest, CultureInfo.InvariantCulture, out long at) && long.TryParse(bytes, CultureInfo.InvariantCulture, out long size)
            ? (at, size)
            : null;
}
