using System.Runtime.InteropServices;

namespace Collector.Lines;

/// <summary>The baselines of all counters, by table, column and series. Kept in memory; what has changed is saved from time to time.</summary>
public sealed class CounterBaselines
{
    private readonly Dictionary<(string Table, string Column), CounterSeries> _counters = [];
    private readonly Dictionary<string, CounterProgress> _progress = new(StringComparer.Ordinal);

    /// <summary>The baselines of one counter column, for a writer to keep at hand.</summary>
    public CounterSeries For(string table, string column)
    {
        lock (_counters)
        {
            ref CounterSeries? series = ref CollectionsMarshal.GetValueRefOrAddDefault(_counters, (table, column), out _);
            return series ??= new CounterSeries();
        }
    }

    /// <summary>How far the baselines of one table are those of its log, for a writer to keep at hand.</summary>
    public CounterProgress ProgressOf(string table)
    {
        lock (_progress)
        {
            ref CounterProgress? progress = ref CollectionsMarshal.GetValueRefOrAddDefault(_progress, table, out _);
            return progress ??= new CounterProgress(table);
        }
    }

    /// <summary>Each table's, in no order.</summary>
    public IReadOnlyList<CounterProgress> Progress
    {
        get
        {
            lock (_progress)
            {
                return [.. _progress.Values];
            }
        }
    }

    /// <summary>
    /// False where baselines were saved by a version that did not save how far they go: rows that are delivered may then be
    /// older than they are.
    /// </summary>
    public bool IsProgressKnown { get; set; } = true;

    /// <summary>How many there are.</summary>
    public int Total => Counters().Sum(counter => counter.Series.Count);

    /// <summary>How many there are, by table.</summary>
    public IReadOnlyDictionary<string, int> Count() =>
        Counters().GroupBy(counter => counter.Table, StringComparer.Ordinal).ToDictionary(table => table.Key, table => table.Sum(counter => counter.Series.Count), StringComparer.Ordinal);

    /// <summary>Hands every baseline that has changed since the last call to <paramref name="save"/>.</summary>
    /// <param name="now">Seconds since 1970, when those that were used since then count as seen.</param>
    public void SaveChanged(Action<CounterState> save, long now = 0)
    {
        foreach ((string table, string column, CounterSeries series) in Counters())
        {
            series.SaveChanged((keys, value) => save(new CounterState(table, column, keys, value, now)), now);
        }
    }

    /// <summary>
    /// Forgets those that were not seen for long, and when there are too many, those not seen for longest: a twentieth below
    /// the bound, lest each new one cost a search for the oldest.
    /// </summary>
    /// <param name="unseenSince">Seconds since 1970.</param>
    /// <param name="most">How many may stay.</param>
    /// <returns>What was forgotten.</returns>
    public IReadOnlyList<CounterState> Forget(long unseenSince, int most)
    {
        var forgotten = new List<CounterState>();
        List<(string Table, string Column, CounterSeries Series)> counters = Counters();
        foreach ((string table, string column, CounterSeries series) in counters)
        {
            series.Forget(unseenSince, int.MaxValue, keys => forgotten.Add(new CounterState(table, column, keys, 0)));
        }

        int tooMany = Total is var count && count > most ? count - most + (most / 20) : 0;
        if (tooMany > 0)
        {
            long[] seen = [.. counters.SelectMany(counter => counter.Series.Seen())];
            Array.Sort(seen);
            long oldest = seen[Math.Min(tooMany, seen.Length) - 1];
            foreach ((string table, string column, CounterSeries series) in counters)
            {
                tooMany -= series.Forget(oldest, tooMany, keys => forgotten.Add(new CounterState(table, column, keys, 0)));
            }

            foreach ((string table, string column, CounterSeries series) in counters)
            {
                tooMany -= series.Forget(oldest + 1, tooMany, keys => forgotten.Add(new CounterState(table, column, keys, 0)));
            }
        }

        return forgotten;
    }

    /// <summary>Takes note that a baseline was handed out to be saved, and was not.</summary>
    public void Unsaved(CounterState state) => For(state.Table, state.Column).Of(state.Series).MarkChanged();

    /// <summary>Puts back what was saved, before the first reading.</summary>
    public void Load(CounterState saved) => For(saved.Table, saved.Column).Of(saved.Series).Load(saved.Value, saved.Seen);

    private List<(string Table, string Column, CounterSeries Series)> Counters()
    {
        lock (_counters)
        {
            return [.. _counters.Select(pair => (pair.Key.Table, pair.Key.Column, pair.Value))];
        }
    }
}

/// <summary>One saved baseline.</summary>
/// <param name="Series">Table and keys as the line holds them.</param>
/// <param name="Seen">When a row last had it, in seconds since 1970 and as of the save behind it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CounterState(string Table, string Column, byte[] Series, long Value, long Seen = 0);
