namespace Collector.Lines.Tables;

/// <summary>
/// A column's comment: help for people, then optionally in brackets what <c>/metrics</c> shows and the stored unit.
/// <code>
/// latency_ms  DOUBLE,  -- Round trip by the venue's own ping. [gauge exchange_latency_seconds, unit ms]
/// orders      LONG,    -- Orders placed since the start. [counter trading_orders_placed_total]
/// newest_at   TIMESTAMP, -- The newest file's time. [gauge storage_newest_timestamp_seconds]
/// size        DOUBLE,  -- Signed size. [unit contracts]
/// </code>
/// Exposure is opt-in: a column without <c>gauge</c> or <c>counter</c> is stored and not shown.
/// </summary>
internal sealed record ColumnComment(string Help, string Unit, Metric? Metric)
{
    private static readonly string[] Openings = ["[gauge ", "[counter ", "[unit "];

    /// <exception cref="FormatException">The bracket says something that this format does not know; the message says what.</exception>
    public static ColumnComment Parse(string comment, ColumnType type)
    {
        int open = comment.EndsWith(']') ? comment.LastIndexOf('[') : -1;
        if (open < 0)
        {
            if (Array.Exists(Openings, opening => comment.Contains(opening, StringComparison.Ordinal)))
            {
                throw new FormatException("the bracket has to be closed, and to be the comment's end");
            }

            return new ColumnComment(comment, "", null);
        }

        string help = comment[..open].TrimEnd();
        Unit? unit = null;
        (MetricKind Kind, string Name)? metric = null;
        foreach (string item in comment[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries))
        {
            switch (item.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                case ["gauge" or "counter", _] when metric is not null:
                case ["unit", _] when unit is not null:
                    throw new FormatException($"[{item}] comes second; one metric and one unit are what a column has");
                case ["gauge", var name]:
                    metric = (MetricKind.Gauge, name);
                    break;
                case ["counter", var name]:
                    metric = (MetricKind.Counter, name);
                    break;
                case ["unit", var name]:
                    unit = Collector.Lines.Tables.Unit.Find(name)
                        ?? throw new FormatException($"the unit {name} is not known; known are {string.Join(", ", Collector.Lines.Tables.Unit.All.Select(u => u.Name))}");
                    break;
                default:
                    throw new FormatException($"[{item}] is not understood; write [gauge NAME], [counter NAME] or [unit UNIT], separated by commas");
            }
        }

        if (unit is not null && type is not (ColumnType.Long or ColumnType.Double))
        {
            throw new FormatException($"a {type.ToString().ToUpperInvariant()} has no unit");
        }

        return new ColumnComment(help, unit?.Name ?? "", metric is { } m ? Exposed(m.Kind, m.Name, unit, type) : null);
    }

    private static Metric Exposed(MetricKind kind, string name, Unit? unit, ColumnType type)
    {
        if (!Names.IsMetric(name))
        {
            throw new FormatException($"{name} is no metric name: letters, digits and underscores, not starting with a digit");
        }

        if (kind == MetricKind.Counter && type is not (ColumnType.Long or ColumnType.Double))
        {
            throw new FormatException($"a counter is LONG or DOUBLE, not {type.ToString().ToUpperInvariant()}");
        }

        if (type is ColumnType.Symbol or ColumnType.Varchar)
        {
            throw new FormatException($"a {type.ToString().ToUpperInvariant()} has no number to show at /metrics");
        }

        string suffix = (type == ColumnType.Timestamp ? "_timestamp_seconds" : unit?.MetricSuffix) + (kind == MetricKind.Counter ? "_total" : "");
        if (!name.EndsWith(suffix, StringComparison.Ordinal))
        {
            throw new FormatException($"the metric {name} has to end in {suffix}");
        }

        if (kind == MetricKind.Gauge && name.EndsWith("_total", StringComparison.Ordinal))
        {
            throw new FormatException($"the metric {name} ends in _total, which only a counter's name does");
        }

        return new Metric(kind, name, type == ColumnType.Timestamp ? 1e-6 : unit?.Scale ?? 1);
    }
}
