namespace Collector.Lines.Tables;

/// <summary>
/// What has to be done to a table in QuestDB so that it is what its schema file says. Mends what loses no row and refuses
/// the rest:
/// <code>
/// missing table, missing column            made
/// other TTL                                set; the schema file decides how long rows are kept. A shorter one deletes
///                                          the older rows at once, and says so
/// more dedup keys than there are, or none  set: rows that were two stay two
/// fewer or other dedup keys                refused: rows that were two become one
/// dedup keys where there are none          set where no two rows have equal keys, else refused: a new row overwrites
///                                          every old one with its keys, and leaves as many copies of itself
/// other type, partitioning, timestamp      refused: needs a new table
/// columns that the file does not have      left alone
/// </code>
/// A table without a schema file (<see cref="Table.IsMade"/>) is taken as the database has it: only columns that it lacks are made.
/// </summary>
public static class SchemaPlan
{
    /// <summary>Bytes of a statement as a URL has it. QuestDB closes the connection on about 32 KB.</summary>
    private const int StatementBytes = 28_000;

    /// <param name="live">The table in the database; null where there is none of that name.</param>
    public static IReadOnlyList<SchemaChange> Compare(Table table, LiveTable? live)
    {
        if (live is null)
        {
            return Create(table);
        }

        var changes = new List<SchemaChange>();
        if (live.NoRows is { } reason)
        {
            changes.Add(Refused(table, reason, "give the table of the schema file, or of the lines, another name"));
            return changes;
        }

        CompareState(table, live, changes);
        if (table.IsMade)
        {
            CompareColumns(table, live, changes);
            return changes;
        }

        CompareTable(table, live, changes);
        CompareColumns(table, live, changes);
        CompareKeys(table, live, changes);
        return changes;
    }

    /// <summary>The statement that makes the table, and one more for each column that it has no room for: it takes no two at once.</summary>
    private static List<SchemaChange> Create(Table table)
    {
        if (table.Columns.Select(column => Unsafe(table, column)).FirstOrDefault(problem => problem is not null) is { } unsafeColumn)
        {
            return [unsafeColumn];
        }

        int room = StatementBytes - Escaped(table.CreateStatement(table.Keys));
        Column[] first = [.. table.Columns.Where(column => column.IsKey || table.AdoptedKeys.Contains(column.Name, NameComparer.Instance) || (room -= Escaped($", {Quoted(column.Name)} {column.TypeName}")) >= 0)];
        return
        [
            new SchemaChange(SchemaChangeKind.CreateTable, table.Name, "create the table", table.CreateStatement(first)),
            .. table.Columns.Except(first).Select(column => Add(table, column)),
        ];
    }

    private static SchemaChange Add(Table table, Column column) => Unsafe(table, column) ?? new SchemaChange(
        SchemaChangeKind.AddColumn,
        table.Name,
        $"add the column {column} {column.TypeName}",
        $"ALTER TABLE {Quoted(table.Name)} ADD COLUMN IF NOT EXISTS {Quoted(column.Name)} {column.TypeName}");

    /// <summary>A column that the gateway made before it knew better.</summary>
    private static SchemaChange? Unsafe(Table table, Column column) => Names.ColumnProblem(column.Name, column.Type) is { } problem
        ? Refused(table, $"cannot have the column {column}: {problem}", "take it out of the table's file, or give it another type")
        : null;

    private static int Escaped(string text) => Uri.EscapeDataString(text).Length;

    private static void CompareTable(Table table, LiveTable live, List<SchemaChange> changes)
    {
        if (!Same(live.Timestamp, table.TimestampName))
        {
            string found = live.Timestamp is null ? "has no designated timestamp" : $"has the designated timestamp {live.Timestamp}";
            changes.Add(Refused(table, $"{found}, the schema file says {table.TimestampName}", Renew(table)));
        }

        if (!Same(live.PartitionBy, table.PartitionBy))
        {
            changes.Add(Refused(table, $"is partitioned by {live.PartitionBy}, the schema file says {table.PartitionBy}", $"write PARTITION BY {live.PartitionBy} in the schema file, or {Renew(table)}"));
        }

        if (!SameTtl(live.Ttl, table.Ttl))
        {
            string from = live.Ttl is { } before ? $"from {before} " : "";
            changes.Add(new SchemaChange(
                SchemaChangeKind.SetTtl,
                table.Name,
                table.Ttl is { } ttl ? $"change the TTL {from}to {ttl}{(ttl.Shortest < (live.Ttl?.Shortest ?? TimeSpan.MaxValue) ? ", which deletes older rows at once" : "")}" : $"take the TTL of {live.Ttl} away",
                $"ALTER TABLE {Quoted(table.Name)} SET TTL {table.Ttl?.ToString() ?? "0 HOURS"}"));
        }
    }

    /// <summary>Whether the table takes rows at all.</summary>
    private static void CompareState(Table table, LiveTable live, List<SchemaChange> changes)
    {
        if (!live.IsWal)
        {
            changes.Add(Refused(table, "is no WAL table, and takes no line protocol over HTTP", $"run ALTER TABLE {Quoted(table.Name)} SET TYPE WAL and restart QuestDB, or {Renew(table)}"));
        }

        if (live.IsSuspended)
        {
            changes.Add(new SchemaChange(SchemaChangeKind.Note, table.Name, "is suspended: rows are taken and not shown", Advice: $"see wal_tables() for the cause, then run ALTER TABLE {Quoted(table.Name)} RESUME WAL"));
        }
    }

    private static void CompareColumns(Table table, LiveTable live, List<SchemaChange> changes)
    {
        LiveColumn? timestamp = live.Columns.FirstOrDefault(column => Same(column.Name, table.TimestampName));
        if (!table.IsMade && timestamp is not null && !Same(timestamp.Type, table.TimestampType))
        {
            changes.Add(OtherType(table, timestamp, table.TimestampType));
        }

        foreach (Column column in table.Columns)
        {
            string type = column.TypeName;
            if (live.Columns.FirstOrDefault(c => Same(c.Name, column.Name)) is not { } found)
            {
                changes.Add(Add(table, column));
            }
            else if (!table.IsMade && !Same(found.Type, type))
            {
                changes.Add(OtherType(table, found, type));
            }
        }

        string[] more = [.. live.Columns.Select(c => c.Name).Where(name => !Same(name, table.TimestampName) && !table.TryGetColumn(name, out _))];
        if (more.Length > 0 && !table.IsMade)
        {
            changes.Add(new SchemaChange(SchemaChangeKind.Note, table.Name, $"has {string.Join(", ", more)} beyond the schema file; left alone"));
        }
    }

    private static void CompareKeys(Table table, LiveTable live, List<SchemaChange> changes)
    {
        string[] wanted = [.. table.Keys.Select(key => key.Name)];
        string[] found = [.. live.Columns.Where(c => c.IsKey && !Same(c.Name, table.TimestampName)).Select(c => c.Name)];
        bool none = !live.Columns.Any(c => c.IsKey);
        if (wanted.Length == 0 ? none : !none && wanted.Length == found.Length && Includes(wanted, found))
        {
            return;
        }

        string alter = $"ALTER TABLE {Quoted(table.Name)} DEDUP ";
        string enable = $"{alter}ENABLE UPSERT KEYS({string.Join(", ", wanted.Prepend(table.TimestampName).Select(Quoted))})";
        string text = $"{table.TimestampName}, {string.Join(", ", wanted)}";
        if (wanted.Length == 0)
        {
            changes.Add(new SchemaChange(SchemaChangeKind.SetKeys, table.Name, $"take the dedup keys {string.Join(", ", found)} away", alter + "DISABLE"));
        }
        else if (none ? live.HasDistinctKeys : Includes(wanted, found))
        {
            changes.Add(new SchemaChange(SchemaChangeKind.SetKeys, table.Name, $"set the dedup keys {text}", enable));
        }
        else
        {
            changes.Add(Refused(
                table,
                none ? $"has rows and no dedup keys, the schema file says {text}" : $"has the dedup keys {string.Join(", ", found)}, the schema file says {string.Join(", ", wanted)}",
                $"where no two of its rows have equal keys, or one of them may go, run {enable}"));
        }
    }

    private static SchemaChange OtherType(Table table, LiveColumn found, string wanted) => Refused(
        table,
        $"has the column {found.Name} as {found.Type}, the schema file says {wanted}",
        $"give the column another name in the schema file, or {Renew(table)}");

    private static SchemaChange Refused(Table table, string description, string advice) =>
        new(SchemaChangeKind.Refused, table.Name, description, Advice: advice);

    private static string Renew(Table table) => $"rename the table in QuestDB (RENAME TABLE {Quoted(table.Name)} TO …), and it is made anew";

    /// <summary>QuestDB keeps a TTL in hours or in months, and shows 48 HOURS as 2 DAYS.</summary>
    public static bool SameTtl(Ttl? one, Ttl? other) => Lasting(one) == Lasting(other);

    private static (long Hours, long Months) Lasting(Ttl? ttl) => ttl switch
    {
        null => (0, 0),
        { Unit: TtlUnit.Month } t => (0, t.Value),
        { Unit: TtlUnit.Year } t => (0, 12L * t.Value),
        { } t => ((long)t.Shortest.TotalHours, 0),
    };

    private static bool Includes(string[] all, string[] some) => some.All(name => all.Contains(name, NameComparer.Instance));

    private static bool Same(string? one, string? other) => NameComparer.Instance.Equals(one, other);

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
