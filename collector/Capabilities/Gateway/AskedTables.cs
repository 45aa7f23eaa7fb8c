using Collector.Lines.Tables;

namespace Collector.Capabilities.Gateway;

/// <summary>
/// Which names the database was asked for lately, and what it has under those that take no rows. Bounded: clients that name ever
/// other tables do not make the database answer for each. Thread-safe.
/// </summary>
internal sealed class AskedTables(ITableLookup database, TimeProvider clock)
{
    /// <summary>Names within one <see cref="Window"/>; of further ones lines alone decide.</summary>
    private const int MaxNames = 1000;

    /// <summary>An answer counts this long: a view may be dropped, a table made by others.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string?> _problems = new(NameComparer.Instance);
    private readonly HashSet<string> _unanswered = new(NameComparer.Instance);
    private long _began;

    public bool IsUnasked(string name)
    {
        lock (_gate)
        {
            if (_problems.Count > 0 && clock.GetElapsedTime(_began) > Window)
            {
                _problems.Clear();
                _unanswered.Clear();
            }

            return _problems.Count < MaxNames && !_problems.ContainsKey(name);
        }
    }

    /// <returns>The table, where the database has one that takes rows.</returns>
    public async ValueTask<LiveTable?> AskAsync(string name, CancellationToken cancellationToken)
    {
        TableAnswer answer = await database.LookUpAsync(name, cancellationToken);
        lock (_gate)
        {
            if (_problems.Count == 0)
            {
                _began = clock.GetTimestamp();
            }

            _problems[name] = answer.Live?.Problem;
            if (!answer.IsKnown)
            {
                _unanswered.Add(name);
            }
        }

        return answer.Live is { Problem: null } live ? live : null;
    }

    /// <summary>Why the database's table of this name takes no rows; null where it does, or where there is none.</summary>
    public string? Problem(string name)
    {
        lock (_gate)
        {
            return _problems.GetValueOrDefault(name);
        }
    }

    /// <summary>True where the database was asked for the table and gave no answer.</summary>
    public bool IsUnanswered(string name)
    {
        lock (_gate)
        {
            return _unanswered.Contains(name);
        }
    }
}
