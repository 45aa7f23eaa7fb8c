using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Sources.Running;

/// <summary>
/// Gives each series that a source wrote, and that the configuration no longer names, one last row with the state
/// <c>retired</c>: that, not silence, is how a series leaves the alerts. The row goes to the store alone; <c>/metrics</c> shows
/// what is watched.
/// </summary>
/// <param name="store">Takes rows for the store alone.</param>
public sealed class Retirement(ISourceMemory memory, TableCatalog tables, ILineSink store, TimeProvider clock)
{
    /// <summary>To be called before these sources are read: whatever is still watched then has its newer rows.</summary>
    /// <param name="sources">Those that are to run from now on.</param>
    /// <param name="concerns">Tells by its name whether a source's series are looked at; not those of one that runs.</param>
    public async Task RunAsync(IReadOnlyList<ScheduledSource> sources, Func<string, bool> concerns)
    {
        foreach ((string source, string key) in memory.Remembered(SeriesKeys.Prefix).Where(remembered => concerns(remembered.Source)))
        {
            ISource? owner = sources.FirstOrDefault(scheduled => scheduled.Name == source)?.Source;
            if (SeriesKeys.OfMemoryKey(key) is not { } series
                || !tables.TryGet(series.Table, out Table? table) || table.State is null || table.Keys.Length != series.Keys.Length)
            {
                memory.Forget(source, key); // its table is another one now, or gone: there is nothing to write to
            }
            else if (owner?.Names(table, series.Keys) != true && await WriteAsync(table, series))
            {
                memory.Forget(source, key);
                ForgetSource(source, isGone: owner is null);
            }
        }

        memory.Save();
    }

    /// <returns>False where the row was not taken: the next start tries again.</returns>
    private async Task<bool> WriteAsync(Table table, SeriesKeys series)
    {
        var row = new LineWriter(table, clock);
        row.Begin(series.Keys);
        row.Set(table.State!, "retired");
        foreach (Column column in table.Columns.Where(column => column.Type == ColumnType.Boolean))
        {
            row.Set(column, false); // BOOLEAN has no null
        }

        return row.End(clock.GetUtcNow()) is null
            && await store.AcceptAsync(new LineRows(table, row.Written, row.Rows, TimeSpan.Zero), CancellationToken.None) is null;
    }

    /// <summary>A source that is gone with its last series takes what it remembered with it: a later one of its name is another.</summary>
    private void ForgetSource(string source, bool isGone)
    {
        if (isGone && !memory.Remembered(SeriesKeys.Prefix).Any(other => other.Source == source))
        {
            memory.ForgetAll(source);
        }
    }
}
