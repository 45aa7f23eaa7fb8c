using System.Collections.Concurrent;

namespace Collector.Pipe.Delivery;

/// <summary>The tables that the store has suspended: it answers "accepted" for them and shows nothing. The watch fills it, the lanes heed it.</summary>
public sealed class Suspensions
{
    private readonly ConcurrentDictionary<string, string> _reasons = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _changes = new(StringComparer.Ordinal);

    /// <summary>Why not everything can be read; null when no table is suspended.</summary>
    public string? Problem => _reasons.OrderBy(reason => reason.Key, StringComparer.Ordinal).Select(reason => reason.Value).FirstOrDefault();

    /// <summary>The suspended tables, each with its reason.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> All => [.. _reasons.OrderBy(reason => reason.Key, StringComparer.Ordinal)];

    /// <summary>Why a table takes no rows; null when it does, or when nobody has looked yet.</summary>
    public string? Of(string table) => _reasons.GetValueOrDefault(table);

    /// <summary>Ends with the next change of the table's state after this call.</summary>
    public Task Changed(string table) => Change(table).Task;

    /// <returns>False when it was so before.</returns>
    public bool Set(string table, string reason)
    {
        bool isNew = _reasons.TryAdd(table, reason);
        _reasons[table] = reason;
        return isNew && Tell(table);
    }

    /// <returns>False when it was so before.</returns>
    public bool Lift(string table) => _reasons.TryRemove(table, out _) && Tell(table);

    private bool Tell(string table)
    {
        if (_changes.TryRemove(table, out TaskCompletionSource? change))
        {
            change.SetResult();
        }

        return true;
    }

    private TaskCompletionSource Change(string table) =>
        _changes.GetOrAdd(table, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
