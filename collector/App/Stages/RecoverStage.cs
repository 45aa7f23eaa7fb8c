using Collector.Capabilities;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Spool;
using Collector.Pipe.State;

namespace Collector.App.Stages;

/// <summary>Brings the counters up to the rows that wait on disk, before any of them goes; and keeps where they stand at the end.</summary>
internal sealed class RecoverStage(SpoolDirectory spool, TableCatalog tables, LocalState state) : IStage
{
    public Stage Stage => Stage.Recover;

    public void Start()
    {
        PendingCounters.Resume(spool, tables, state.Baselines);
        state.Save();
        spool.BeforeDelete = SaveCounters;
        spool.DropDelivered();
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        state.Save();
        return Task.CompletedTask;
    }

    /// <summary>The rows of a table with counters tell where those went since the state was saved last.</summary>
    private void SaveCounters(string table)
    {
        if (tables.TryGet(table, out Table? known) && PushedCounters.Concern(known))
        {
            state.Save();
        }
    }
}
