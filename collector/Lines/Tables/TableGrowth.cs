namespace Collector.Lines.Tables;

/// <summary>Tables that come into being, or get columns, while the collector runs.</summary>
public static class TableGrowth
{
    /// <summary>A table for lines that no schema file foresees: its time, no keys, kept for ever.</summary>
    /// <param name="isGuess">See <see cref="Table.IsGuess"/>.</param>
    public static Table New(string name, bool isGuess = false) => new(name, "timestamp", "DAY", null, [], isMade: true) { IsGuess = isGuess };

    /// <summary>The same table, which the database does not have: it is as lines made it.</summary>
    public static Table Confirmed(this Table table) => table.With([], isGuess: false);

    /// <summary>The table with more columns, behind those it has. A name that it has already, in whatever case, is passed over.</summary>
    /// <remarks>
    /// In a table of a schema file a column that came by itself is no counter: where its name would make it one (<c>x</c> and
    /// <c>x_delta</c>, both LONG), it is DOUBLE. And a BOOLEAN becomes a LONG of 0 and 1 there, because QuestDB has no null BOOLEAN
    /// and no other row holds it.
    /// </remarks>
    public static Table With(this Table table, IEnumerable<(string Name, ColumnType Type, string? DatabaseType)> added) => table.With(added, table.IsGuess);

    private static Table With(this Table table, IEnumerable<(string Name, ColumnType Type, string? DatabaseType)> added, bool isGuess)
    {
        List<Column> columns = [.. table.Columns.Select(column => Copy(column, column.Ordinal))];
        foreach ((string name, ColumnType type, string? databaseType) in added)
        {
            if (Find(columns, name) is null)
            {
                columns.Add(new Column
                {
                    Name = name,
                    Type = table.IsMade ? type : TypeOf(columns, name, type),
                    DatabaseType = databaseType,
                    Ordinal = columns.Count,
                    IsKey = false,
                    IsMade = true,
                });
            }
        }

        return new Table(table.Name, table.TimestampName, table.PartitionBy, table.Ttl, columns, table.IsMade)
        {
            Help = table.Help,
            TimestampHelp = table.TimestampHelp,
            TimestampType = table.TimestampType,
            HoldsEvents = table.HoldsEvents,
            IsAdopted = table.IsAdopted,
            IsGuess = isGuess,
            AdoptedKeys = table.AdoptedKeys,
            Views = table.Views,
        };
    }

    /// <summary>A table that no schema file describes, as the database has it. Columns that lines brought and that it lacks stay: they are made there.</summary>
    /// <param name="live">The table in the database.</param>
    /// <param name="known">What was known of it; null where nothing was.</param>
    /// <param name="isFirst">The database had it before any line named it, and its columns are its own.</param>
    public static Table Adopt(LiveTable live, Table? known, bool isFirst)
    {
        var columns = new List<Column>();
        Column? Before(string name) => known is not null && known.TryGetColumn(name, out Column? column) ? column : null;
        foreach (LiveColumn column in live.Columns.Where(column => !Same(column.Name, live.Timestamp)))
        {
            (ColumnType type, string? databaseType) = TypeOf(column.Type);
            columns.Add(new Column
            {
                Name = column.Name,
                Type = type,
                DatabaseType = databaseType,
                Ordinal = columns.Count,
                IsKey = false,
                IsMade = !isFirst && Before(column.Name) is { IsMade: true },
            });
        }

        foreach (Column column in known?.Columns.Where(column => column.IsMade && Find(columns, column.Name) is null && !Same(column.Name, live.Timestamp)) ?? [])
        {
            columns.Add(Copy(column, columns.Count));
        }

        return new Table(known?.Name ?? live.Name, live.Timestamp ?? "timestamp", live.PartitionBy, live.Ttl, columns, isMade: true)
        {
            IsAdopted = isFirst || known is { IsAdopted: true },
            TimestampType = live.Columns.FirstOrDefault(column => Same(column.Name, live.Timestamp))?.Type ?? Table.TimestampMicros,
            AdoptedKeys = [.. live.Columns.Where(column => column.IsKey).Select(column => column.Name)],
        };
    }

    private static (ColumnType Type, string? DatabaseType) TypeOf(string live) =>
        Enum.TryParse(live, ignoreCase: true, out ColumnType type) && type != ColumnType.Other && Enum.IsDefined(type) ? (type, null) : (ColumnType.Other, live);

    private static ColumnType TypeOf(List<Column> columns, string name, ColumnType type)
    {
        type = type == ColumnType.Boolean ? ColumnType.Long : type;
        string? counter = name.EndsWith("_delta", StringComparison.OrdinalIgnoreCase) ? name[..^"_delta".Length] : null;
        bool wouldCount = Find(columns, counter ?? name + "_delta") is { Type: ColumnType.Long };
        return type == ColumnType.Long && wouldCount ? ColumnType.Double : type;
    }

    private static Column? Find(List<Column> columns, string name) => columns.Find(column => Same(column.Name, name));

    private static bool Same(string? one, string? other) => NameComparer.Instance.Equals(one, other);

    /// <summary>A table ties its columns to each other, so that no two tables share one.</summary>
    private static Column Copy(Column column, int ordinal) => new()
    {
        Name = column.Name,
        Type = column.Type,
        DatabaseType = column.DatabaseType,
        Ordinal = ordinal,
        IsKey = column.IsKey,
        IsMade = column.IsMade,
        Help = column.Help,
        Unit = column.Unit,
        Metric = column.Metric,
    };
}
