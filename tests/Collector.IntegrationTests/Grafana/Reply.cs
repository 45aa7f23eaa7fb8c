using Npgsql;

namespace Collector.IntegrationTests.Grafana;

/// <summary>What QuestDB answers over the PostgreSQL wire, which is how the plugin asks it.</summary>
internal sealed record Reply(IReadOnlyList<(string Name, Type Type)> Columns, IReadOnlyList<object?[]> Rows)
{
    public static async Task<Reply> OfAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // a query that the dashboards or rules ship
        command.CommandText = sql;
#pragma warning restore CA2100
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        (string, Type)[] columns = [.. Enumerable.Range(0, reader.FieldCount).Select(i => (reader.GetName(i), reader.GetFieldType(i)))];
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        }

        return new Reply(columns, rows);
    }

    /// <summary>There is a row, and a number in it is not there.</summary>
    public bool LacksANumber => Rows.Any(row => Columns.Index().Any(column => IsNumber(column.Item.Type) && row[column.Index] is null));

    /// <summary>Without what stands left or right of the panel. A lane of states begins before it.</summary>
    public Reply Within(Zoom zoom, ShippedQuery query) => query.PanelType != "timeseries"
        ? this
        : this with { Rows = [.. Rows.Where(row => row[0] is DateTime time && time >= zoom.From.UtcDateTime && time <= zoom.To.UtcDateTime)] };

    /// <summary>What Grafana would not draw, or would draw nothing of; null when it draws something.</summary>
    public string? Fault(ShippedQuery query)
    {
        if (query.IsSeries && ShapeFault() is { } shape)
        {
            return shape;
        }

        if (query.PanelType is "stat" or "bargauge" && !Columns.Any(column => IsNumber(column.Type)))
        {
            return "a tile needs a number";
        }

        int[] values = [.. Enumerable.Range(0, Columns.Count).Where(i => query.PanelType is "table" or "" || IsNumber(Columns[i].Type))];
        return Rows.Any(row => values.Any(i => row[i] is not null)) ? null : "no value at all";
    }

    private string? ShapeFault()
    {
        if (Columns.Count == 0 || Columns[0].Name != "time" || Columns[0].Type != typeof(DateTime))
        {
            return "the first column of a time series is a timestamp called time";
        }

        if (Columns.Any(column => column.Type == typeof(bool)))
        {
            return "a BOOLEAN becomes a label: make it a number";
        }

        if (!Columns.Any(column => IsNumber(column.Type)))
        {
            return "a time series needs a number";
        }

        DateTime[] times = [.. Rows.Select(row => row[0]).OfType<DateTime>()];
        if (times.Length < Rows.Count)
        {
            return "a row has no time";
        }

        return times.SequenceEqual(times.Order()) ? null : "rows of a time series are in the order of time";
    }

    public static bool IsNumber(Type type) =>
        type == typeof(double) || type == typeof(float) || type == typeof(long) || type == typeof(int) || type == typeof(short);
}
