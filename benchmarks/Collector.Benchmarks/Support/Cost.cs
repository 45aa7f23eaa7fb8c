using System.Diagnostics;

namespace Collector.Benchmarks.Support;

/// <summary>What this process took for a stretch of work: time, processor time of all threads, and bytes allocated by all of them.</summary>
internal readonly record struct Cost(TimeSpan Wall, TimeSpan Cpu, long Allocated)
{
    public static CostMeter Start() => new(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));

    public double NanosecondsOf(long items) => Cpu.TotalNanoseconds / items;

    public double BytesOf(long items) => (double)Allocated / items;

    public double PerSecond(long items) => items / Wall.TotalSeconds;
}

internal readonly record struct CostMeter(long At, TimeSpan Cpu, long Allocated)
{
    public Cost Stop() => new(Stopwatch.GetElapsedTime(At), Environment.CpuUsage.TotalTime - Cpu, GC.GetTotalAllocatedBytes(precise: true) - Allocated);
}
