namespace Collector.Lines;

/// <summary>Listens to accepted rows: they are on disk, and each is parsed once for all who listen.</summary>
public interface IRowObserver
{
    /// <summary>Begins with rows of one table, in the order in which they were accepted. Called by one thread at a time for a table.</summary>
    /// <returns>What takes note of each of them, until <see cref="IRowBatch.End"/>; null where there is no need to.</returns>
    IRowBatch? Begin(in LineRows rows);
}

/// <summary>What an observer does with the rows of one batch.</summary>
public interface IRowBatch
{
    /// <summary>Takes note of a row.</summary>
    /// <param name="row">Stands at the row, and will go on to the next one.</param>
    void Observe(LineReader row);

    /// <summary>No row of the batch is left. Called once for each <see cref="IRowObserver.Begin"/> that gave a batch.</summary>
    void End();
}
