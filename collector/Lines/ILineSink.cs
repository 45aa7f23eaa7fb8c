using System.Runtime.InteropServices;
using Collector.Lines.Tables;

namespace Collector.Lines;

/// <summary>Where rows go in: a row that the sink took is on disk, and will reach the database.</summary>
public interface ILineSink
{
    /// <summary>Takes complete rows of one table.</summary>
    /// <returns>Null when they are on disk; else why none of them was taken, in one sentence.</returns>
    ValueTask<string?> AcceptAsync(LineRows rows, CancellationToken cancellationToken);

    /// <summary>
    /// Sets rows aside that are faulty and are therefore not handed in: each is counted by table and kind of fault, and kept
    /// in quarantine with its reason. They were never accepted, so the books of the accepted ones leave them out.
    /// </summary>
    /// <returns>How many quarantine kept; for the others it had no room, or its disk refused them. Those are counted too.</returns>
    int Refuse(IReadOnlyList<RefusedRow> rows);
}

/// <summary>Complete rows of one table on their way in.</summary>
/// <param name="Bytes">The rows as line protocol. The sink copies what it keeps.</param>
/// <param name="Interval">When the next row of each series is due; zero where nobody knows. Three times that, and the series is stale.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LineRows(Table Table, ReadOnlyMemory<byte> Bytes, int Count, TimeSpan Interval)
{
    /// <summary>
    /// Is told the record that the rows are, once they stand in the spool and before anybody can read them there. From then
    /// on they will be delivered, also when the sync that follows fails and they are refused for it. Null: nobody asks.
    /// </summary>
    public Action<ulong>? Written { get; init; }
}
