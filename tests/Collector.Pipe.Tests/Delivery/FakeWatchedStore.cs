using Collector.Lines.Tables;
using Collector.Pipe.Delivery;

namespace Collector.Tests.Pipe.Delivery;

/// <summary>A store that can be looked at, and shows what a test tells it to.</summary>
internal sealed class FakeWatchedStore(FakeStore store) : IStore, IStoreWatch
{
    public string Description => store.Description;

    public TimeSpan Interval => TimeSpan.FromSeconds(5);

    public Func<CancellationToken, Task<StoreLook>> Look { get; set; } = _ => Task.FromResult(new StoreLook());

    /// <summary>Answers to whether a row is visible, used up one by one; then it is.</summary>
    public Queue<bool?> Visible { get; } = new();

    /// <summary>The times that were asked for.</summary>
    public List<long> Asked { get; } = [];

    public int Looks { get; private set; }

    public Task<StoreLook> LookAsync(IReadOnlyCollection<Table> tables, CancellationToken cancellationToken)
    {
        Looks++;
        return Look(cancellationToken);
    }

    public Task<bool?> IsVisibleAsync(Table table, long micros, CancellationToken cancellationToken)
    {
        Asked.Add(micros);
        return Task.FromResult(Visible.Count > 0 ? Visible.Dequeue() : true);
    }

    public Task<Outcome> ReachAsync(CancellationToken cancellationToken) => store.ReachAsync(cancellationToken);

    public Task<StorePlan> PlanAsync(IReadOnlyCollection<Table> tables, CancellationToken cancellationToken) => store.PlanAsync(tables, cancellationToken);

    public Task<Outcome> PrepareAsync(Table table, CancellationToken cancellationToken) => store.PrepareAsync(table, cancellationToken);

    public Task<Outcome> WriteAsync(Batch batch, CancellationToken cancellationToken) => store.WriteAsync(batch, cancellationToken);

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
