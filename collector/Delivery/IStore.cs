using Collector.Tables;

namespace Collector.Delivery;

/// <summary>Where rows end up. Safe for concurrent use on different tables.</summary>
internal interface IStore : IAsyncDisposable
{
    /// <summary>Kind and place, for people: <c>QuestDB at http://127.0.0.1:9000</c>.</summary>
    string Description { get; }

    /// <summary>
    /// Reaches the store and makes what <paramref name="tables"/> need there. Called before the first batch, and again
    /// before the next one whenever the store was out of reach: its tables may have changed meanwhile.
    /// </summary>
    Task<Outcome> PrepareAsync(IReadOnlyCollection<Table> tables, CancellationToken cancellationToken);

    /// <summary>Stores a batch wholly or not at all.</summary>
    Task<Outcome> WriteAsync(Batch batch, CancellationToken cancellationToken);
}
