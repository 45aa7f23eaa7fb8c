using System.Runtime.InteropServices;
using Collector.Lines.Tables;

namespace Collector.Pipe.Delivery;

/// <summary>One table's two counts at the same moment: what the store says that it has, and what it was given.</summary>
/// <param name="Counted">The store's rows, and those that replaced one with equal keys since its start.</param>
/// <param name="Transactions">Transactions with rows since the store's start, whoever sent them.</param>
/// <param name="Earliest">Time of the oldest row; null when there is none.</param>
/// <param name="Now">When this was seen.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AuditSample(
    string Run, long TableId, long Counted, long Transactions, DateTimeOffset? Earliest, TableTraffic Given, DateTimeOffset Now);

/// <summary>
/// Holds the store's own count of a table against what it was given: both must grow alike from one quiet look to the next.
/// <code>difference = growth of (rows + replaced rows) in the store − growth of rows given</code>
/// Where a difference would have another cause than lost or foreign rows, the audit begins anew and tells nothing: the store
/// or the table began anew, an answer never came (those rows may count twice), rows outlived their TTL, somebody else writes.
/// A difference is told when two quiet looks in a row agree on it, and a beginning is one when the look behind it agrees.
/// </summary>
internal sealed class TableAudit(Ttl? ttl)
{
    /// <summary>What was told holds for this many looks, though none of them is quiet.</summary>
    private const int LooksTold = 12;

    /// <summary>The store's newest row, from which it counts a TTL, may be ahead of this machine's clock by less than this.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(1);

    private AuditSample? _begin;
    private DateTimeOffset? _earliest;
    private bool _confirmed;
    private long? _seen;
    private long? _told;
    private int _looksSince;

    /// <summary>Rows that the store has more (or, below 0, fewer) than it was given; null when that cannot be told.</summary>
    public long? Difference => _looksSince < LooksTold ? _told : null;

    /// <summary>After a look that saw the table.</summary>
    /// <param name="isQuiet">Nothing was under way, neither to the store nor within it.</param>
    public void Look(AuditSample sample, bool isQuiet)
    {
        _looksSince++;
        if (_begin is { } begin && (sample.Run != begin.Run || sample.TableId != begin.TableId || sample.Given.Doubts != begin.Given.Doubts || IsEvicted(sample)))
        {
            Forget();
        }

        _earliest = sample.Earliest;
        if (isQuiet)
        {
            Compare(sample);
        }
    }

    /// <summary>After a look that did not see the table, or not all of it.</summary>
    public void Blind() => _looksSince++;

    private void Compare(AuditSample sample)
    {
        if (_begin is not { } begin || sample.Transactions - begin.Transactions > sample.Given.Requests - begin.Given.Requests)
        {
            Begin(sample);
            return;
        }

        long difference = sample.Counted - begin.Counted - (sample.Given.Rows - begin.Given.Rows);
        if (!_confirmed && difference != 0)
        {
            Begin(sample);
            return;
        }

        _confirmed = true;
        if (difference == 0 || difference == _seen)
        {
            (_told, _looksSince) = (difference, 0);
        }

        _seen = difference;
    }

    private void Begin(AuditSample sample)
    {
        Forget();
        _begin = sample;
    }

    private void Forget() => (_begin, _confirmed, _seen, _told) = (null, false, null, null);

    /// <summary>The oldest rows are gone, and were old enough for the store to have evicted them itself.</summary>
    private bool IsEvicted(AuditSample sample) =>
        ttl is { } kept && _earliest is { } before && (sample.Earliest is not { } now || now > before) && before + kept.Shortest <= sample.Now + Ahead;
}
