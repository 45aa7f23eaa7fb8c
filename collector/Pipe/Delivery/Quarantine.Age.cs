using System.Collections.Concurrent;

namespace Collector.Pipe.Delivery;

/// <content>Rows that leave the quarantine.</content>
public sealed partial class Quarantine
{
    private const string Replayed = "replayed";
    private const string MaxAge = "max_age";

    /// <summary>Time between two looks for old rows.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string Table, string Reason), long> _left = new();

    /// <summary>Rows that left since the start, by table and reason: <c>replayed</c>, <c>max_age</c>.</summary>
    public IEnumerable<(string Table, string Reason, long Rows)> Left => _left.Select(left => (left.Key.Table, left.Key.Reason, left.Value));

    /// <summary>Removes old rows from time to time, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            RemoveOld();
            await Task.Delay(Pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Removes the rows that are older than <see cref="QuarantineOptions.MaxAge"/>. A file that refuses is tried again with the next look.</summary>
    public void RemoveOld()
    {
        DateTimeOffset oldest = clock.GetUtcNow() - options.MaxAge;
        foreach (string table in QuarantineFile.Tables(directory))
        {
            try
            {
                if (QuarantineFile.Read(directory, table).Any(IsOld)
                    && Change(table, kept => IsOld(kept) ? null : kept.Entry, MaxAge) is > 0 and long rows)
                {
                    LogOld(rows, table, options.MaxAge);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogStuck(table, exception.Message);
            }
        }

        bool IsOld(QuarantinedEntry kept) => kept.Entry.Time < oldest;
    }
}
