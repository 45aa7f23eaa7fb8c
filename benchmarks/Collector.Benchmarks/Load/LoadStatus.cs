using System.Globalization;

namespace Collector.Benchmarks.Load;

/// <summary>What the collector under load tells of itself, ten times a second, as one line of numbers.</summary>
/// <param name="At">Microseconds of the monotonic clock.</param>
/// <param name="Offered">Rows that the generator has written.</param>
/// <param name="Refused">Of those, rows that the spool did not take.</param>
/// <param name="Pending">Of the table, as are delivered and remainder.</param>
/// <param name="Cpu">Microseconds of processor time.</param>
/// <param name="Resident">Bytes.</param>
internal sealed record LoadStatus(long At, long Offered, long Refused, long Delivered, long Pending, long Remainder, long Cpu, long Allocated, long Resident)
{
    public override string ToString() => string.Join(' ', new[] { At, Offered, Refused, Delivered, Pending, Remainder, Cpu, Allocated, Resident });

    public static LoadStatus Parse(string line)
    {
        long[] values = [.. line.Split(' ').Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
        return new LoadStatus(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7], values[8]);
    }

    /// <summary>Seconds from an earlier status to this one.</summary>
    public double SecondsSince(LoadStatus earlier) => (At - earlier.At) / 1e6;

    /// <summary>Share of one core since then.</summary>
    public double CoresSince(LoadStatus earlier) => (double)(Cpu - earlier.Cpu) / (At - earlier.At);
}
