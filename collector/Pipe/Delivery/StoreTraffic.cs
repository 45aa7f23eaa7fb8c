using System.Runtime.InteropServices;

namespace Collector.Pipe.Delivery;

/// <summary>What went to each table of the store since the start, to hold against the store's own count.</summary>
public sealed class StoreTraffic(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TableTraffic> _tables = new(StringComparer.Ordinal);
    private long _requests;

    /// <summary>Told of each batch that the store accepted, right after its answer.</summary>
    public Action<Batch>? Accepted { get; set; }

    public void Began(Batch batch)
    {
        lock (_gate)
        {
            ref TableTraffic table = ref Of(batch);
            table = table with { UnderWay = table.UnderWay + 1 };
        }
    }

    /// <param name="outcome">Null when the request was given up.</param>
    public void Ended(Batch batch, Outcome? outcome)
    {
        bool isAccepted = outcome is Outcome.Accepted;
        lock (_gate)
        {
            ref TableTraffic table = ref Of(batch);
            table = table with { UnderWay = table.UnderWay - 1 };
            if (isAccepted)
            {
                _requests++;
                table = table with { Rows = table.Rows + batch.Rows, Requests = table.Requests + 1 };
            }
            else if (outcome is not (Outcome.Rejected or Outcome.Halted))
            {
                // Perhaps applied, now or a little later, and sent again.
                table = table with { Doubts = table.Doubts + 1, LastDoubt = clock.GetTimestamp() };
            }
        }

        if (isAccepted)
        {
            Accepted?.Invoke(batch);
        }
    }

    public TableTraffic Of(string table)
    {
        lock (_gate)
        {
            return _tables.GetValueOrDefault(table);
        }
    }

    /// <summary>Requests of all other tables that the store accepted.</summary>
    public long RequestsBeside(string table)
    {
        lock (_gate)
        {
            return _requests - _tables.GetValueOrDefault(table).Requests;
        }
    }

    private ref TableTraffic Of(Batch batch) => ref CollectionsMarshal.GetValueRefOrAddDefault(_tables, batch.Table.Name, out _);
}

/// <summary>What went to one table since the start.</summary>
/// <param name="Rows">Rows that the store accepted.</param>
/// <param name="Requests">Requests that it accepted.</param>
/// <param name="UnderWay">Requests without an answer yet.</param>
/// <param name="Doubts">Requests of which nobody knows whether they were applied.</param>
/// <param name="LastDoubt">When the last of those ended.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TableTraffic(long Rows, long Requests, int UnderWay, long Doubts, long LastDoubt);
