namespace Collector.Lines.Tables;

/// <summary>A table as it stands in the database, to be compared with its schema file.</summary>
public sealed record LiveTable
{
    /// <summary>As the database spells it; names are case-insensitive.</summary>
    public required string Name { get; init; }

    /// <summary>False for a view or a materialized view, which take no rows.</summary>
    public bool IsTable { get; init; } = true;

    /// <summary>The database's own, for its logs: nobody else can write to it.</summary>
    public bool IsSystem { get; init; }

    /// <summary>Why no rows can ever go there; null when they can.</summary>
    public string? NoRows => this switch
    {
        { IsTable: false } => "is a view, which takes no rows",
        { IsSystem: true } => "is a table of the database's own, which takes no rows",
        _ => null,
    };

    /// <summary>The designated timestamp; null where there is none.</summary>
    public string? Timestamp { get; init; }

    /// <summary><c>DAY</c>, …, or <c>NONE</c>.</summary>
    public required string PartitionBy { get; init; }

    public bool IsWal { get; init; } = true;

    /// <summary>Null keeps rows for ever.</summary>
    public Ttl? Ttl { get; init; }

    /// <summary>The database takes rows for it and shows none of them until somebody resumes it.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>Known to hold no two rows with the time and keys of the schema file alike; an empty one holds none.</summary>
    public bool HasDistinctKeys { get; init; }

    /// <summary>Why it takes no line protocol; null when it does.</summary>
    public string? Problem =>
        (NoRows ?? (IsWal ? null : "is no WAL table, and takes no line protocol over HTTP")) is { } reason ? $"what the database has under it {reason}" : null;

    /// <summary>All columns, the designated timestamp included.</summary>
    public required IReadOnlyList<LiveColumn> Columns { get; init; }
}

/// <param name="Type">As the database names it, which may be a type that no schema file can ask for.</param>
/// <param name="IsKey">One of the dedup keys, which the designated timestamp is too where there are keys.</param>
public sealed record LiveColumn(string Name, string Type, bool IsKey = false);
