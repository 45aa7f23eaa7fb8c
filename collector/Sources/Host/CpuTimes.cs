using System.Globalization;
using System.Runtime.InteropServices;

namespace Collector.Sources.Host;

/// <summary>Processor time of all cores since boot, in clock ticks: the first line of <c>/proc/stat</c> (proc(5)).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CpuTimes(long Busy, long Total)
{
    /// <exception cref="FormatException">The text has no such line.</exception>
    public static CpuTimes Parse(string stat)
    {
        string[] fields = stat.AsSpan(0, Math.Max(0, stat.IndexOf('\n'))).ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields is not ["cpu", _, _, _, _, ..])
        {
            throw new FormatException("stat does not begin with a line cpu");
        }

        // user nice system idle iowait irq softirq steal; guest time is part of user time already.
        long[] ticks = [.. fields[1..Math.Min(fields.Length, 9)].Select(field => long.Parse(field, CultureInfo.InvariantCulture))];
        long idle = ticks[3] + (ticks.Length > 4 ? ticks[4] : 0);
        long total = ticks.Sum();
        return new CpuTimes(total - idle, total);
    }

    /// <summary>Busy share since <paramref name="earlier"/>, 0 to 100; null where no time has passed, or the counters began anew.</summary>
    public double? PercentSince(CpuTimes earlier) => Total > earlier.Total && Busy >= earlier.Busy
        ? Math.Min(100, 100.0 * (Busy - earlier.Busy) / (Total - earlier.Total))
        : null;
}
