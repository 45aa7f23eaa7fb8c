namespace Collector.Tables;

/// <summary>Tables that come into being, or get columns, while the collector runs.</summary>
internal static class TableGrowth
{
    /// <summary>A table for lines that no schema file foresees: its time, no keys, kept for ever.</summary>
    public static Table New(string name) => new(name, "timestamp", "DAY", null, []) { IsMade = true };

    /// <summary>The table with more columns, behind those it has. A name that it has already, in whatever case, is passed over.</summary>
    /// <remarks>
    /// A column that came by itself is no counter: where its name would make it one (<c>x</c> and <c>x_delta</c>, both LONG),
    /// it is DOUBLE. A BOOLEAN becomes a LONG of 0 and 1, because QuestDB has no null BOOLEAN and no later row need hold it.
    /// </remarks>
    public static Table With(this Table table, IEnumerable<(string Name, ColumnType Type)> added)
    {
        var columns = new List<Column>();
        foreach (Column column in table.Columns)
        {
            columns.Add(Copy(column));
        }

        foreach ((string name, ColumnType type) in added)
        {
            if (Find(columns, name) is null)
            {
                columns.Add(new Column { Name = name, Type = TypeOf(columns, name, type), Ordinal = columns.Count, IsKey = false });
            }
        }

        return new Table(table.Name, table.TimestampName, table.PartitionBy, table.Ttl, columns)
        {
            Help = table.Help,
            TimestampHelp = table.TimestampHelp,
            HoldsEvents = table.HoldsEvents,
            IsMade = table.IsMade,
            Views = table.Views,
        };
    }

    private static ColumnType TypeOf(List<Column> columns, string name, ColumnType type)
    {
        type = type == ColumnType.Boolean ? ColumnType.Long : type;
        string? counter = name.EndsWith("_delta", StringComparison.OrdinalIgnoreCase) ? name[..^"_delta".Length] : null;
        bool wouldCount = Find(columns, counter ?? name + "_delta") is { Type: ColumnType.Long };
        return type == ColumnType.Long && wouldCount ? ColumnType.Double : type;
    }

    private static Column? Find(List<Column> columns, string name) =>
        columns.Find(column => NameComparer.Instance.Equals(column.Name, name));

    /// <summary>A table ties its columns to each other, so that no two tables share one.</summary>
    private static Column Copy(Column column) => new()
    {
        Name = column.Name,
        Type = column.Type,
        Ordinal = column.Ordinal,
        IsKey = column.IsKey,
        Help = column.Help,
        Unit = column.Unit,
        Metric = column.Metric,
    };
}
