namespace Collector.Lines.Tables;

/// <summary>Makes a table of a statement, and says what in it makes no sense.</summary>
/// <param name="isMade">It is no schema file's, see <see cref="Table.IsMade"/>.</param>
internal sealed class TableBuilder(SchemaStatement statement, Action<SchemaToken, string> fault, Action<SchemaToken, string> nameFault, bool isMade)
{
    private const string TimestampNanos = "TIMESTAMP_NS";

    private const string EventsMark = "[events]";

    /// <summary>The table. It counts only when no fault was found.</summary>
    public Table Build()
    {
        CheckTimestamp();
        CheckKeys();
        string timestampHelp = "";
        var columns = new List<Column>();
        for (int i = 0; i < statement.Columns.Count; i++)
        {
            ColumnDefinition definition = statement.Columns[i];
            if (statement.Columns.FindIndex(other => other.Name.Is(definition.Name.Text)) < i)
            {
                nameFault(definition.Name, $"the column {definition.Name} is defined twice (names are case-insensitive)");
                continue;
            }

            Column column = Build(definition, columns.Count);
            CheckMetric(definition, column, columns);
            if (definition.Name.Is(statement.Timestamp.Text))
            {
                timestampHelp = column.Help;
            }
            else
            {
                columns.Add(column);
            }
        }

        CheckLabels(columns);
        if (!isMade && columns.TrueForAll(column => column.IsKey))
        {
            fault(statement.Name, $"the table {statement.Name} has no column beside its timestamp and keys, so that its rows would say nothing");
        }

        bool holdsEvents = statement.Help.EndsWith(EventsMark, StringComparison.Ordinal);
        return new Table(statement.Name.Text, statement.Timestamp.Text, statement.Partition, statement.Ttl, columns, isMade)
        {
            Help = isMade ? "" : holdsEvents ? statement.Help[..^EventsMark.Length].TrimEnd() : statement.Help,
            TimestampHelp = timestampHelp,
            HoldsEvents = holdsEvents,
            TimestampType = statement.Columns.Find(column => column.Name.Is(statement.Timestamp.Text))?.DatabaseType ?? Table.TimestampMicros,
            IsGuess = isMade && statement.Help == Table.GuessMark,
            IsAdopted = isMade && statement.Help == Table.FoundMark,
            AdoptedKeys = isMade ? [.. statement.Keys.Select(key => key.Text)] : [],
        };
    }

    private Column Build(ColumnDefinition definition, int ordinal)
    {
        var comment = new ColumnComment("", "", null);
        try
        {
            comment = ColumnComment.Parse(string.Join(' ', definition.Comments), definition.Type);
        }
        catch (FormatException exception)
        {
            fault(definition.Name, $"the comment of {definition.Name}: {exception.Message}");
        }

        return new Column
        {
            Name = definition.Name.Text,
            Type = definition.Type,
            DatabaseType = definition.DatabaseType,
            Ordinal = ordinal,
            IsKey = !isMade && statement.Keys.Exists(key => key.Is(definition.Name.Text)),
            IsMade = isMade && comment.Help != Table.FoundMark,
            Help = isMade ? "" : comment.Help,
            Unit = comment.Unit,
            Metric = comment.Metric,
        };
    }

    private void CheckTimestamp()
    {
        SchemaToken timestamp = statement.Timestamp;
        if (!statement.Columns.Exists(column => column.Name.Is(timestamp.Text) && (column.Type == ColumnType.Timestamp || (isMade && column.DatabaseType == TimestampNanos))))
        {
            fault(timestamp, $"the designated timestamp {timestamp} is no TIMESTAMP column of the table");
        }
    }

    private void CheckKeys()
    {
        SchemaToken timestamp = statement.Timestamp;
        for (int i = 0; i < statement.Keys.Count; i++)
        {
            SchemaToken key = statement.Keys[i];
            if (statement.Keys.FindIndex(other => other.Is(key.Text)) < i)
            {
                fault(key, $"the key {key} is named twice");
            }
            else if (!isMade && !key.Is(timestamp.Text) && !statement.Columns.Exists(column => column.Name.Is(key.Text) && column.Type == ColumnType.Symbol))
            {
                fault(key, $"the key {key} is no SYMBOL column of the table");
            }
        }

        if (statement.Keys.Count > 0 && !statement.Keys.Exists(key => key.Is(timestamp.Text)))
        {
            fault(statement.Keys[0], $"the keys leave out the designated timestamp {timestamp}");
        }
    }

    private void CheckMetric(ColumnDefinition definition, Column column, List<Column> before)
    {
        if (column.Metric is not { } metric)
        {
            return;
        }

        if (before.Find(other => other.Metric?.Name == metric.Name) is { } first)
        {
            fault(definition.Name, $"the metric {metric.Name} of {column} is already that of {first}");
        }

        if (definition.Name.Is(statement.Timestamp.Text))
        {
            fault(definition.Name, $"the designated timestamp {column} cannot be shown at /metrics");
        }
    }

    /// <summary>The keys of a table with metrics are their labels.</summary>
    private void CheckLabels(List<Column> columns)
    {
        if (!columns.Exists(column => column.Metric is not null))
        {
            return;
        }

        foreach (Column key in columns.Where(column => column.IsKey && !Names.IsMetric(column.Name)))
        {
            fault(statement.Columns.Find(column => column.Name.Is(key.Name))!.Name, $"the key {key} is a label at /metrics, and so has letters, digits and underscores, not starting with a digit");
        }
    }
}
