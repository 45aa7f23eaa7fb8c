using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Pipe.Delivery;

/// <summary>
/// Measures how long the store takes to show what it accepted, with the collector's own rows: from its answer to a batch until
/// a query finds the batch's newest row. One measurement at a time; a batch meanwhile is not measured.
/// </summary>
internal sealed class VisibilityProbe(IStoreWatch store, string table, TimeProvider clock)
{
    private static readonly TimeSpan FirstStep = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestStep = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private LineReader? _reader;
    private int _isBusy;

    /// <summary>Seconds until the row was found; null when it was not within 10 s, when nobody could look, or when the batch is not one to measure.</summary>
    public async Task<TimeSpan?> MeasureAsync(Batch batch, CancellationToken cancellationToken)
    {
        if (batch.Table.Name != table || Interlocked.Exchange(ref _isBusy, 1) == 1)
        {
            return null;
        }

        try
        {
            long answered = clock.GetTimestamp();
            long newest = Newest(batch);

            // The lane's buffer is its own again once this method yields for the first time.
            return await UntilVisibleAsync(batch.Table, newest, answered, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    private async Task<TimeSpan?> UntilVisibleAsync(Table probed, long micros, long answered, CancellationToken cancellationToken)
    {
        for (TimeSpan step = FirstStep; clock.GetElapsedTime(answered) < Longest; step = step * 2 < LongestStep ? step * 2 : LongestStep)
        {
            bool? isVisible = await store.IsVisibleAsync(probed, micros, cancellationToken);
            if (isVisible != false)
            {
                return isVisible == true ? clock.GetElapsedTime(answered) : null;
            }

            await Task.Delay(step, clock, cancellationToken);
        }

        return null;
    }

    private long Newest(Batch batch)
    {
        _reader ??= new LineReader(batch.Table);
        _reader.Start(batch.Lines, TimeWindow.Any);
        long newest = long.MinValue;
        while (_reader.Read() is not LineStatus.End)
        {
            newest = Math.Max(newest, _reader.Micros);
        }

        return newest;
    }
}
