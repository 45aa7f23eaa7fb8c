using System.Collections.Concurrent;
using Collector.Lines.Tables;

namespace Collector.Pipe.Delivery;

/// <summary>The audits of all tables: what a look at the store saw, held against what it was given.</summary>
internal sealed class TableAudits(StoreTraffic traffic, TimeProvider clock)
{
    /// <summary>A request without an answer may be applied this much later.</summary>
    private static readonly TimeSpan Doubtful = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, TableAudit> _audits = new(StringComparer.Ordinal);

    /// <summary>Rows that the store has more or fewer, of the tables where that can be told.</summary>
    public IEnumerable<(string Table, long Rows)> Differences =>
        _audits.Where(audit => audit.Value.Difference is not null).Select(audit => (audit.Key, audit.Value.Difference!.Value));

    /// <summary>After a look that saw nothing.</summary>
    public void Blind()
    {
        foreach (TableAudit audit in _audits.Values)
        {
            audit.Blind();
        }
    }

    /// <param name="before">What the table had been given when the look began.</param>
    public void Look(Table table, StoreLook look, TableLook seen, TableTraffic before)
    {
        TableAudit audit = _audits.GetOrAdd(table.Name, static (_, ttl) => new TableAudit(ttl), table.Ttl);
        if (look.Run is not { } run || seen is not { Id: { } id, Rows: { } rows, DedupRows: { } replaced, Transactions: { } transactions })
        {
            audit.Blind();
            return;
        }

        TableTraffic given = traffic.Of(table.Name);
        bool isDoubtful = given.Doubts > 0 && clock.GetElapsedTime(given.LastDoubt) < Doubtful;
        bool isQuiet = given == before && given.UnderWay == 0 && !isDoubtful && seen is { PendingRows: 0, LagTransactions: 0, IsSuspended: false };
        audit.Look(new AuditSample(run, id, rows + replaced, transactions, seen.Earliest, given, clock.GetUtcNow()), isQuiet);
    }
}
