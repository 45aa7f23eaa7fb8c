using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Capabilities.Status.Recent;

/// <summary>
/// The latest row of each series and the values before it, for people to look at. Rows of sources, a few a second, are always
/// taken note of; those that clients push only while somebody looks, and are forgotten afterwards, so that they cost nothing
/// when nobody does and nothing old is shown as the latest. Thread-safe.
/// </summary>
public sealed class RecentRows(PageOptions options, TimeProvider clock) : IRowObserver
{
    private readonly ConcurrentDictionary<string, RecentTable> _tables = new(NameComparer.Instance);
    private readonly SeriesBudget _budget = new(options.Series);
    private volatile bool _isWatched;

    /// <summary>Rows that clients push are taken note of.</summary>
    public bool IsWatched => _isWatched;

    /// <summary>The tables that rows were seen of, by name.</summary>
    public IEnumerable<RecentTable> Tables => _tables.Values.OrderBy(table => table.Table.Name, StringComparer.Ordinal);

    public bool TryGet(string name, [NotNullWhen(true)] out RecentTable? table) => _tables.TryGetValue(name, out table);

    /// <summary>A table that no row was seen of.</summary>
    public RecentTable Empty(Table table) => new(table, options, _budget, clock);

    /// <summary>Takes note of accepted rows.</summary>
    public IRowBatch? Begin(in LineRows rows)
    {
        bool isPushed = rows.Interval <= TimeSpan.Zero;
        return isPushed && !_isWatched ? null : TableOf(rows.Table).Begin(isPushed ? null : rows.Interval, this);
    }

    /// <summary>Somebody looks from now on.</summary>
    public void Watch() => _isWatched = true;

    /// <summary>Nobody looks any more.</summary>
    public void Unwatch()
    {
        _isWatched = false;
        foreach (RecentTable table in _tables.Values)
        {
            table.ForgetPushed();
        }
    }

    private RecentTable TableOf(Table table)
    {
        while (true)
        {
            if (_tables.TryGetValue(table.Name, out RecentTable? recent))
            {
                if (recent.Table.Columns.Length >= table.Columns.Length)
                {
                    return recent;
                }

                // A table that got more columns begins anew: its series are back with their next rows.
                var wider = new RecentTable(table, options, _budget, clock);
                if (_tables.TryUpdate(table.Name, wider, recent))
                {
                    recent.Forget();
                    return wider;
                }
            }
            else if (_tables.TryAdd(table.Name, recent = new RecentTable(table, options, _budget, clock)))
            {
                return recent;
            }
        }
    }
}

/// <summary>How many series all tables may have together.</summary>
public sealed class SeriesBudget(int limit)
{
    private static int _lastId;
    private int _taken;

    /// <summary>A number for a series, which no other one of this process has; null when there is no room.</summary>
    public int? Take()
    {
        if (Interlocked.Increment(ref _taken) <= limit)
        {
            return Interlocked.Increment(ref _lastId);
        }

        Interlocked.Decrement(ref _taken);
        return null;
    }

    public void Give(int series) => Interlocked.Add(ref _taken, -series);
}
