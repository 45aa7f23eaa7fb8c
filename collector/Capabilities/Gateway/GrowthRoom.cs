namespace Collector.Capabilities.Gateway;

/// <summary>Whether the database's disk has room for new columns, as far as it can be asked: where the database is on this machine.</summary>
/// <param name="free">Bytes that are free; null where nobody can tell.</param>
/// <param name="least">Bytes that have to stay free.</param>
public sealed class GrowthRoom(Func<long>? free = null, long least = 0)
{
    /// <summary>What a column takes before its first row, by QuestDB's own settings: a page of 16 MiB in the table, and one in its log.</summary>
    public const long ColumnBytes = 2 * 16 * 1024 * 1024;

    /// <exception cref="IOException">There is none.</exception>
    public void Demand(int columns)
    {
        if (free?.Invoke() is { } left && left - least < columns * ColumnBytes)
        {
            throw new IOException(
                $"{columns} new columns may take {columns * ColumnBytes >> 20} MiB of the database's disk, which has {left >> 20} MiB free, of which {least >> 20} MiB are to stay free (spool.min_free_bytes)");
        }
    }
}
