using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Collector.Sources.Daemon;

/// <summary>What the operating system tells of a process on this machine.</summary>
/// <param name="CpuPercent">Processor time since the last reading of the same process, 100 for one core; null at the first one.</param>
/// <param name="OpenFiles">Open file descriptors; null where the system does not tell.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessReadings(
    DateTimeOffset StartedAt, long MemoryBytes, long ThreadCount, long? OpenFiles, double? CpuPercent);

/// <summary>Reads one process again and again, and notices when its number belongs to another.</summary>
internal sealed class ProcessReader(TimeProvider clock)
{
    private (int Pid, DateTimeOffset StartedAt, TimeSpan Cpu, long At)? _last;

    /// <returns>Null where there is no such process, or it may not be read.</returns>
    public ProcessReadings? Read(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            var startedAt = new DateTimeOffset(process.StartTime.ToUniversalTime());
            TimeSpan cpu = process.TotalProcessorTime;
            long at = clock.GetTimestamp();
            double? cpuPercent = null;
            if (_last is { } last && last.Pid == pid && last.StartedAt == startedAt && clock.GetElapsedTime(last.At, at) is { Ticks: > 0 } elapsed)
            {
                cpuPercent = Math.Max(0, 100 * ((cpu - last.Cpu) / elapsed));
            }

            _last = (pid, startedAt, cpu, at);
            return new ProcessReadings(startedAt, process.WorkingSet64, process.Threads.Count, OpenFiles(pid), cpuPercent);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or Win32Exception or IOException)
        {
            _last = null;
            return null;
        }
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
