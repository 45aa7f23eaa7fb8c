using Collector.Lines.Tables;

namespace Collector.IntegrationTests.Grafana.Alerts;

/// <summary>The rows of the cases of one table, and beside them a day of an operation in which all is well.</summary>
internal sealed class AlertRows(OperationRows rows, DateTimeOffset now)
{
    private const int BlockRows = 20_000;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>How often each table's series have a row, and how many series there are by default.</summary>
    private static readonly Dictionary<string, (TimeSpan Every, int Series)> Load = new(StringComparer.Ordinal)
    {
        ["daemon_metrics"] = (TimeSpan.FromSeconds(10), 2),
        ["exchange_status"] = (TimeSpan.FromSeconds(5), 4),
        ["pipeline_metrics"] = (TimeSpan.FromSeconds(30), 24),
        ["data_gaps"] = (TimeSpan.FromMinutes(1), 24),
        ["trading_metrics"] = (TimeSpan.FromSeconds(1), 3),
        ["host_metrics"] = (TimeSpan.FromSeconds(10), 1),
        ["collector_status"] = (TimeSpan.FromSeconds(10), 1),
        ["source_status"] = (TimeSpan.FromSeconds(10), 10),
    };

    private readonly Table _table = rows.Table;

    public IEnumerable<OperationRows> Blocks()
    {
        WriteCases();
        if (Load.TryGetValue(_table.Name, out (TimeSpan Every, int Series) load))
        {
            (string Column, object Value)[] well = [.. Well().Where(value => _table.Columns.Any(column => column.Name == value.Column))];
            for (DateTimeOffset at = now - AlertCases.Now; at > now - Day; at -= load.Every)
            {
                for (int i = 0; i < load.Series; i++)
                {
                    Write([.. Keys.Select(key => KeyOf(key, i))], at, well);
                }

                if (rows.Count < BlockRows)
                {
                    continue;
                }

                yield return rows;
                rows.Clear();
            }
        }

        if (rows.Count > 0)
        {
            yield return rows;
        }
    }

    private IEnumerable<string> Keys => _table.Keys.Where(key => key.Type == ColumnType.Symbol).Select(key => key.Name);

    private void WriteCases()
    {
        bool hasState = _table.Columns.Any(column => column.Name == "state");
        foreach (AlertCase one in AlertCases.All.Where(one => one.Table == _table.Name))
        {
            foreach ((string series, string env, IEnumerable<CaseRow> cases) in one.Series(hasState))
            {
                foreach (CaseRow row in cases)
                {
                    Write([.. Keys.Select(key => one.KeyOf(key, series, env))], now - row.Ago, row.Values);
                }
            }
        }
    }

    private static string KeyOf(string key, int i) => key switch
    {
        "env" => "prod",
        "host" => "h1",
        "collector" => AlertCases.Collector,
        _ => $"{key}-{i}",
    };

    private IEnumerable<(string Column, object Value)> Well() =>
    [
        ("running", true), ("connected", true), ("mute", false), ("up", true), ("ready", true), ("database", "ok"),
        ("state", _table.Name switch { "daemon_metrics" => "running", "exchange_status" => "connected", "data_gaps" => "closed", _ => "live" }),
        ("memory_bytes", 100_000_000L), ("error_count_delta", 0L), ("restart_count_delta", 0L), ("latency_ms", 50.0), ("reconnect_count_delta", 0L),
        ("rate_limit_used", 100L), ("rate_limit_limit", 1200L), ("duration_seconds", 500.0), ("expected_interval_seconds", 300.0),
        ("drawdown_pct", 1.0), ("orders_placed_delta", 2L), ("orders_filled_delta", 2L), ("disk_used_bytes", 10L), ("disk_total_bytes", 100L),
        ("remainder", 0L), ("dropped_delta", 0L), ("spool_bytes", 1000L), ("spool_limit_bytes", 1_000_000L), ("write_to_visible_seconds", 0.1),
    ];

    /// <summary>Symbols stand first in a line. A BOOLEAN that is not told is false: there is no row without it.</summary>
    private void Write(string[] keys, DateTimeOffset at, (string Column, object Value)[] values)
    {
        rows.Begin(at, keys);
        foreach ((string column, object value) in values.OrderBy(value => _table[value.Column].Type != ColumnType.Symbol))
        {
            Set(column, value);
        }

        foreach (Column column in _table.Columns.Where(column => column.Type == ColumnType.Boolean && !values.Any(value => value.Column == column.Name)))
        {
            rows.Set(column.Name, false);
        }

        rows.End();
    }

    private OperationRows Set(string column, object value) => value switch
    {
        bool truth => rows.Set(column, truth),
        long whole => rows.Set(column, whole),
        double number => rows.Set(column, number),
        string text => rows.Set(column, text),
        _ => throw new InvalidOperationException($"{column}: no row has a {value.GetType().Name}"),
    };
}
