using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Collector.Sources.Daemon;

/// <summary>What the operating system tells of a process on this machine.</summary>
/// <param name="Identity">Number and start, which no other process of this machine shares.</param>
/// <param name="CpuPercent">Processor time since the last reading of the same process, 100 for one core; null at the first one.</param>
/// <param name="OpenFiles">Open file descriptors; null where the system does not tell.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessReadings(
    string Identity, DateTimeOffset StartedAt, long MemoryBytes, long ThreadCount, long? OpenFiles, double? CpuPercent);

/// <summary>Reads one process again and again, and notices when its number belongs to another.</summary>
internal sealed class ProcessReader(TimeProvider clock)
{
    private (string Identity, TimeSpan Cpu, long At)? _last;

    /// <returns>Null where there is no such process, or it may not be read.</returns>
    public ProcessReadings? Read(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            var startedAt = new DateTimeOffset(process.StartTime.ToUniversalTime());
            string identity = $"{pid}@{StartTicks(pid) ?? startedAt.ToUnixTimeSeconds()}";
            TimeSpan cpu = process.TotalProcessorTime;
            long at = clock.GetTimestamp();
            double? cpuPercent = null;
            if (_last is { } last && last.Identity == identity && clock.GetElapsedTime(last.At, at) is { Ticks: > 0 } elapsed)
            {
                cpuPercent = Math.Max(0, 100 * ((cpu - last.Cpu) / elapsed));
            }

            _last = (identity, cpu, at);
            return new ProcessReadings(identity, startedAt, process.WorkingSet64, process.Threads.Count, OpenFiles(pid), cpuPercent);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception or IOException)
        {
            _last = null;
            return null;
        }
    }

    /// <summary>
    /// The start in clock ticks since boot, field 22 of <c>/proc/PID/stat</c> (proc(5)): the start as a time of day moves
    /// with the clock, and by a hair at each reading.
    /// </summary>
    private static long? StartTicks(int pid)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        string stat = File.ReadAllText($"/proc/{pid}/stat");

        // The name, field 2, stands in brackets and may hold anything.
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out long ticks) ? ticks : null;
    }

    private static long? OpenFiles(int pid)
    {
        try
        {
            return OperatingSystem.IsLinux() ? Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").LongCount() : null;
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return null;
        }
    }
}
