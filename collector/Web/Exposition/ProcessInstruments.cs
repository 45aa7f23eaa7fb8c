using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Enumeration;
using System.Reflection;

namespace Collector.Web.Exposition;

/// <summary>
/// The process itself, under the names that Prometheus' own client libraries use
/// (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics).
/// </summary>
public static class ProcessInstruments
{
    private const string FileDescriptors = "/proc/self/fd";
    private const string Limits = "/proc/self/limits";

    public static void Register(Meter meter)
    {
        double start = StartTime();
        meter.CreateObservableCounter("process_cpu_seconds_total", static () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time used, user and system.");
        meter.CreateObservableGauge("process_resident_memory_bytes", static () => Environment.WorkingSet, "By", "Resident memory.");
        meter.CreateObservableGauge("process_start_time_seconds", () => start, "s", "Start of the process, in seconds since 1970 UTC.");
        if (Directory.Exists(FileDescriptors))
        {
            meter.CreateObservableGauge("process_open_fds", static () => OpenFiles(), description: "Open file descriptors.");
        }

        if (MaxOpenFiles() is { } limit)
        {
            meter.CreateObservableGauge("process_max_fds", () => limit, description: "File descriptors the process may have open.");
        }

        meter.CreateObservableCounter("dotnet_gc_collections_total", static () => Collections(), description: "Garbage collections, by the oldest generation collected.");
        meter.CreateObservableCounter("dotnet_gc_pause_seconds_total", static () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time the process stood still for garbage collection.");
        meter.CreateObservableCounter("dotnet_gc_allocated_bytes_total", static () => GC.GetTotalAllocatedBytes(), "By", "Bytes allocated on the managed heap.");
        meter.CreateObservableGauge("dotnet_gc_heap_bytes", HeapBytes, "By", "Bytes in use on the managed heap.");
        meter.CreateObservableGauge("dotnet_threadpool_threads", static () => ThreadPool.ThreadCount, description: "Threads of the thread pool.");
        meter.CreateObservableGauge("dotnet_threadpool_queued", static () => ThreadPool.PendingWorkItemCount, description: "Work items waiting for a thread.");
        RegisterBuild(meter);
    }

    private static void RegisterBuild(Meter meter)
    {
        string informational = typeof(ProcessInstruments).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        string[] parts = informational.Split('+', 2);
        var build = new Measurement<int>(
            1,
            new("version", parts[0]),
            new("revision", parts.Length > 1 ? parts[1] : ""),
            new("dotnet", Environment.Version.ToString()));
        meter.CreateObservableGauge("collector_build_info", () => build, description: "Always 1; the labels tell which build runs.");
    }

    private static double StartTime()
    {
        using var process = Process.GetCurrentProcess();
        return (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
    }

    /// <summary>Counts the entries of a folder without making a string of each.</summary>
    private static int OpenFiles()
    {
        int count = 0;
        foreach (byte one in new FileSystemEnumerable<byte>(FileDescriptors, static (ref FileSystemEntry _) => 1))
        {
            count += one;
        }

        // The enumeration has one open itself.
        return count - 1;
    }

    /// <summary>The soft limit: <c>Max open files  1024  524288  files</c>; null where there is none or it cannot be read.</summary>
    private static long? MaxOpenFiles()
    {
        if (!File.Exists(Limits))
        {
            return null;
        }

        string? line = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        string[] words = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 0 && long.TryParse(words[0], out long limit) ? limit : null;
    }

    private static IEnumerable<Measurement<int>> Collections()
    {
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            int older = generation < GC.MaxGeneration ? GC.CollectionCount(generation + 1) : 0;
            yield return new Measurement<int>(GC.CollectionCount(generation) - older, new KeyValuePair<string, object?>("generation", generation));
        }
    }

    /// <summary>Before its first collection the runtime may work out fewer than none; that is no size, and is not shown.</summary>
    private static IEnumerable<Measurement<long>> HeapBytes() =>
        GC.GetTotalMemory(forceFullCollection: false) is >= 0 and var bytes ? [new Measurement<long>(bytes)] : [];
}
