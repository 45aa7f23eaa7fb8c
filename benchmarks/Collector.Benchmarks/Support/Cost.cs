using System.Diagnostics;

namespace Collector.Benchmarks.Support;

/// <summary>What this process took for a stretch of work: time, processor time of all threads, and bytes allocated by all of them.</summary>
internal readonly record struct Cost(TimeSpan Wall, TimeSpan Cpu, long Allocated)
{
    public static CostMeter Start() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));

    /// <summary>The cheapest call of <paramref name="loop"/> among seven times <paramref name="count"/>, after as many to warm up.</summary>
    public static Cost Least(Action loop, int count)
    {
        Cost least = default;
        for (int run = -1; run < 7; run++)
        {
            CostMeter meter = Start();
            for (int i = 0; i < count; i++)
            {
                loop();
            }

            Cost all = meter.Stop();
            var one = new Cost(all.Wall / count, all.Cpu / count, all.Allocated / count);
            least = run <= 0 || one.Cpu < least.Cpu ? one : least;
        }

        return least;
    }

    public double NanosecondsOf(long items) => Cpu.TotalNanoseconds / items;

    public double BytesOf(long items) => (double)Allocated / items;

    public double PerSecond(long items) => items / Wall.TotalSeconds;
}

internal readonly record struct CostMeter(long At, TimeSpan Cpu, long Allocated)
{
    public Cost Stop() => new(Stopwatch.GetElapsedTime(At), Environment.CpuUsage.TotalTime - Cpu, GC.GetTotalAllocatedBytes(precise: true) - Allocated);
}
