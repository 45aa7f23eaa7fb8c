using System.Runtime.InteropServices;

namespace Collector.Pipe.Spool;

/// <summary>Record ids, both ends included.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct IdRange(ulong First, ulong Last);

/// <summary>
/// The ids a log no longer owes: delivered, dropped, or never given to a record that can be read. A prefix (everything below
/// the watermark) and the ranges beyond it that were done out of order.
/// </summary>
public sealed class DeliveredIds(ulong watermark)
{
    private readonly List<IdRange> _ranges = [];

    /// <summary>The lowest id still owed.</summary>
    public ulong Watermark { get; private set; } = watermark;

    /// <summary>Ranges beyond the watermark: sorted, apart from each other by at least one id.</summary>
    public IReadOnlyList<IdRange> Ranges => _ranges;

    public void Add(ulong first, ulong last)
    {
        if (last < Watermark || last < first)
        {
            return;
        }

        first = Math.Max(first, Watermark);
        int at = 0;
        while (at < _ranges.Count && _ranges[at].Last + 1 < first)
        {
            at++;
        }

        int end = at;
        while (end < _ranges.Count && _ranges[end].First <= last + 1)
        {
            first = Math.Min(first, _ranges[end].First);
            last = Math.Max(last, _ranges[end].Last);
            end++;
        }

        _ranges.RemoveRange(at, end - at);
        if (first == Watermark)
        {
            Watermark = last + 1;
        }
        else
        {
            _ranges.Insert(at, new IdRange(first, last));
        }
    }

    public bool Contains(ulong id) => NextOwed(id, out _) != id;

    public bool Covers(ulong first, ulong last) => NextOwed(first, out _) > last;

    /// <summary>The lowest id from <paramref name="from"/> on that is owed, and where that run of owed ids ends (excluded).</summary>
    public ulong NextOwed(ulong from, out ulong until)
    {
        ulong id = Math.Max(from, Watermark);
        foreach (IdRange range in _ranges)
        {
            if (range.Last < id)
            {
                continue;
            }

            if (range.First > id)
            {
                until = range.First;
                return id;
            }

            id = range.Last + 1;
        }

        until = ulong.MaxValue;
        return id;
    }
}
