using Collector.Lines.Tables;

namespace Collector.Pipe.Delivery;

/// <summary>Where rows end up. Safe for concurrent use; a table is prepared by one caller at a time.</summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>Kind and place, for people: <c>QuestDB at http://127.0.0.1:9000</c>.</summary>
    string Description { get; }

    /// <summary>Rows that outlived their table's TTL and that were deleted for it, by table, since the start; none where the store evicts by itself.</summary>
    IEnumerable<(string Table, long Rows)> Evicted => [];

    /// <summary>Reaches the store and sees whether it is one that can be written to. Called first, and again after every break.</summary>
    Task<Outcome> ReachAsync(CancellationToken cancellationToken);

    /// <summary>What differs between the schema files and the store; changes nothing.</summary>
    Task<StorePlan> PlanAsync(IReadOnlyCollection<Table> tables, CancellationToken cancellationToken);

    /// <summary>A table as the store has it, for one that no schema file describes; known and null where the store takes none up.</summary>
    Task<TableAnswer> DescribeAsync(string table, CancellationToken cancellationToken) => Task.FromResult(new TableAnswer(true, null));

    /// <summary>
    /// Makes what the table needs there. Called before the table's first batch, and again before its next one after every
    /// break: the store may have been changed meanwhile.
    /// </summary>
    Task<Outcome> PrepareAsync(Table table, CancellationToken cancellationToken);

    /// <summary>Stores a batch wholly or not at all.</summary>
    Task<Outcome> WriteAsync(Batch batch, CancellationToken cancellationToken);
}

/// <summary>What differs between schema files and a store.</summary>
/// <param name="Failure">Why it cannot be told; null when it can.</param>
public sealed record StorePlan(IReadOnlyList<SchemaChange> Changes, Outcome? Failure = null);
