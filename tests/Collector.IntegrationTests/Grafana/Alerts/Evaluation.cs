using Npgsql;

namespace Collector.IntegrationTests.Grafana.Alerts;

internal enum AlertState
{
    Normal,
    Alerting,

    /// <summary>As it was before.</summary>
    KeepLast,
}

/// <summary>A series of a rule, and what becomes of it.</summary>
internal sealed record AlertInstance(IReadOnlyDictionary<string, string> Labels, double Value, AlertState State);

/// <summary>
/// One evaluation of a rule, by what Grafana's documentation and source say of it:
/// <list type="bullet">
/// <item>A table of one numeric column and otherwise texts is a set of numbers, one a row, labelled by the texts; a missing text is
/// an empty label, a missing number is NaN. Any other table is an error, and so are two rows with the same labels.</item>
/// <item>A threshold makes 1 or 0 of each number; every comparison with NaN is false. A series whose condition is not 0 alerts, once it
/// has done so for as long as <c>for</c> says; that time is not looked at here.</item>
/// <item>No rows: <c>noDataState</c> decides for all series of the rule. An error: <c>execErrState</c> does.</item>
/// </list>
/// </summary>
internal sealed record Evaluation(IReadOnlyList<AlertInstance> Instances, AlertState? WithoutSeries, string? Error)
{
    public IEnumerable<AlertInstance> Firing => Instances.Where(instance => instance.State == AlertState.Alerting);

    /// <param name="now">The database's time while it is asked.</param>
    public static async Task<Evaluation> OfAsync(ProvisionedRule rule, NpgsqlDataSource database, DateTimeOffset? now)
    {
        Reply reply;
        try
        {
            reply = await AskAsync(database, now is { } instant ? At(rule.Sql, instant) : rule.Sql);
        }
        catch (NpgsqlException refused)
        {
            return Failed(rule, refused.Message);
        }

        (IReadOnlyList<(string Name, Type Type)> columns, IReadOnlyList<object?[]> rows) = reply;
        if (ShapeFault(columns) is { } fault)
        {
            return Failed(rule, fault);
        }

        if (rows.Count == 0)
        {
            return new Evaluation([], StateOf(rule.NoDataState), null);
        }

        int number = columns.ToList().FindIndex(column => Reply.IsNumber(column.Type));
        AlertInstance[] instances = [.. rows.Select(row =>
        {
            double value = row[number] is { } read ? Convert.ToDouble(read) : double.NaN;
            var labels = Enumerable.Range(0, columns.Count).Where(i => i != number).ToDictionary(i => columns[i].Name, i => (string?)row[i] ?? "", StringComparer.Ordinal);
            bool fires = rule.Comparison switch
            {
                "gt" => value > rule.Limit,
                "lt" => value < rule.Limit,
                string other => throw new FormatException($"the comparison {other} is not one that the rules use"),
            };
            return new AlertInstance(labels, value, fires ? AlertState.Alerting : AlertState.Normal);
        })];
        string[] twice = [.. instances.GroupBy(instance => string.Join(',', instance.Labels.Values)).Where(same => same.Count() > 1).Select(same => same.Key)];
        return twice.Length == 0 ? new Evaluation(instances, null, null) : Failed(rule, $"two rows have the labels {twice[0]}");
    }

    public static async Task<Reply> AskAsync(NpgsqlDataSource database, string sql)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync();
        return await Reply.OfAsync(connection, sql);
    }

    public static string At(string sql, DateTimeOffset now) =>
        sql.Replace("now()", $"cast({(now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond} as timestamp)", StringComparison.Ordinal);

    private static Evaluation Failed(ProvisionedRule rule, string error) => new([], StateOf(rule.ExecErrState), error);

    private static AlertState StateOf(string name) => name switch
    {
        "OK" => AlertState.Normal,
        "Alerting" => AlertState.Alerting,
        "KeepLast" => AlertState.KeepLast,
        _ => throw new FormatException($"the state {name} is not one that the rules use"),
    };

    private static string? ShapeFault(IReadOnlyList<(string Name, Type Type)> columns)
    {
        if (columns.Count(column => Reply.IsNumber(column.Type)) != 1)
        {
            return $"an alert's table has exactly one number, this has: {string.Join(", ", columns.Where(column => Reply.IsNumber(column.Type)).Select(column => column.Name))}";
        }

        return columns.FirstOrDefault(column => !Reply.IsNumber(column.Type) && column.Type != typeof(string)) is { Name: { } name }
            ? $"the column {name} is neither a number nor a text"
            : null;
    }
}
