using System.Runtime.InteropServices;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Capabilities.Gateway;

/// <summary>Tables and columns that are to be made.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Growth(int Tables, int Columns);

/// <summary>
/// What a request would make that is only looked at: later lines of it find its tables and columns as if they were there.
/// Nothing is made, and no limit used, before <see cref="Make"/>. For one request.
/// </summary>
internal sealed class GrowthPlan(GatewayTables made) : ITables
{
    private readonly Dictionary<string, Table> _tables = new(NameComparer.Instance);
    private readonly HashSet<string> _new = new(NameComparer.Instance);
    private readonly Dictionary<SeriesLimit, HashSet<ulong>> _series = [];

    /// <summary>True when nothing would be made that is not there.</summary>
    public bool IsEmpty => _tables.Count == 0 && _series.Values.All(series => series.Count == 0);

    public Table? Find(string name) => _tables.TryGetValue(name, out Table? planned) ? planned : made.Find(name);

    public (Table? Table, LineFault? Fault) Grow(string name, IReadOnlyList<UnknownColumn> columns)
    {
        Table? found = Find(name);
        (Table? grown, LineFault? fault) = made.Grown(name, found, columns, Others(name));
        if (grown is not null && grown != found)
        {
            _tables[name] = grown;
            if (!made.IsMade(name))
            {
                _new.Add(name);
            }
        }

        return (grown, fault);
    }

    public LineFault? Problem(string name) => made.Problem(name, Others(name));

    /// <summary>True for a series that the table has seen today, or finds room.</summary>
    public bool Admits(SeriesLimit limit, ReadOnlySpan<byte> series, long now)
    {
        if (!_series.TryGetValue(limit, out HashSet<ulong>? planned))
        {
            _series[limit] = planned = [];
        }

        return limit.Admits(series, now, planned);
    }

    /// <summary>Makes all of it.</summary>
    /// <returns>Null when it is made; else why not, where it is no longer as it was planned.</returns>
    public LineFault? Make()
    {
        foreach ((string name, Table table) in _tables)
        {
            if (made.Grow(name, [.. table.Columns.Select(column => new UnknownColumn(column.Name, column.Type, column.DatabaseType))]).Fault is { } fault)
            {
                return fault;
            }
        }

        foreach ((SeriesLimit limit, HashSet<ulong> planned) in _series)
        {
            limit.Add(planned);
        }

        return null;
    }

    private Growth Others(string name) => new(
        _new.Count - (_new.Contains(name) ? 1 : 0),
        _tables.Where(planned => !NameComparer.Instance.Equals(planned.Key, name)).Sum(planned => planned.Value.Columns.Length - (made.Find(planned.Key)?.Columns.Length ?? 0)));
}
