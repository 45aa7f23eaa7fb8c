using Collector.Lines.Tables;

namespace Collector.Pipe.Delivery;

/// <summary>A store that accepts rows before they can be read, and may therefore be asked how it fares. SQLite is none: there a batch that is accepted is read by the next query.</summary>
public interface IStoreWatch
{
    /// <summary>Time between two looks.</summary>
    TimeSpan Interval { get; }

    /// <summary>Looks once.</summary>
    Task<StoreLook> LookAsync(IReadOnlyCollection<Table> tables, CancellationToken cancellationToken);

    /// <summary>Whether a query finds a row of this time; null when that cannot be asked now.</summary>
    Task<bool?> IsVisibleAsync(Table table, long micros, CancellationToken cancellationToken);
}

/// <summary>What one look at a store saw. What it did not see is null.</summary>
public sealed record StoreLook
{
    /// <summary>Why nothing was seen; null when something was.</summary>
    public Outcome? Failure { get; init; }

    /// <summary>The tables of ours that the store has, by name.</summary>
    public IReadOnlyDictionary<string, TableLook> Tables { get; init; } = new Dictionary<string, TableLook>(StringComparer.Ordinal);

    /// <summary>The store's clock minus this machine's, to within half of the time that asking took.</summary>
    public TimeSpan? ClockSkew { get; init; }

    /// <summary>It takes no rows at all.</summary>
    public bool? IsReadOnly { get; init; }

    /// <summary>The store's version, as it names it.</summary>
    public string? Version { get; init; }

    /// <summary>Another one after each start of the store.</summary>
    public string? Run { get; init; }
}

/// <summary>One table as the store sees it. What the store does not tell is null.</summary>
public sealed record TableLook
{
    /// <summary>Another one when the table was dropped and made anew.</summary>
    public long? Id { get; init; }

    /// <summary>It lost its dedup keys, or keeps rows for another time than its schema file says.</summary>
    public bool IsChanged { get; init; }

    /// <summary>It accepts rows and shows none of them.</summary>
    public bool? IsSuspended { get; init; }

    /// <summary>Why it is suspended, in the store's words.</summary>
    public string? Cause { get; init; }

    /// <summary>The statement that ends it.</summary>
    public string? Remedy { get; init; }

    /// <summary>Transactions accepted and not applied yet.</summary>
    public long? LagTransactions { get; init; }

    /// <summary>Rows accepted and not applied yet.</summary>
    public long? PendingRows { get; init; }

    /// <summary>Rows that can be read.</summary>
    public long? Rows { get; init; }

    /// <summary>Rows that took the place of one with equal keys since the store's start.</summary>
    public long? DedupRows { get; init; }

    /// <summary>Transactions with rows since the store's start, whoever sent them.</summary>
    public long? Transactions { get; init; }

    /// <summary>Time of the oldest row; null when there is none.</summary>
    public DateTimeOffset? Earliest { get; init; }
}
