using Collector.Tables;

namespace Collector.Delivery;

/// <summary>Where rows end up. Safe for concurrent use on different tables.</summary>
internal interface IStore : IAsyncDisposable
{
    /// <summary>Kind and place, for people: <c>QuestDB at http://127.0.0.1:9000</c>.</summary>
    string Description { get; }

    /// <summary>Reaches the store and sees whether it is one that can be written to. Called first, and again after every break.</summary>
    Task<Outcome> ReachAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes what the table needs there. Called before the table's first batch, and again before its next one after every
    /// break: the store may have been changed meanwhile.
    /// </summary>
    Task<Outcome> PrepareAsync(Table table, CancellationToken cancellationToken);

    /// <summary>Stores a batch wholly or not at all.</summary>
    Task<Outcome> WriteAsync(Batch batch, CancellationToken cancellationToken);
}
