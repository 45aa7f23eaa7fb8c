using System.Runtime.InteropServices;

namespace Collector.Benchmarks.Support;

/// <summary>What the figures were measured on; without the machine's name.</summary>
internal static class Machine
{
    public static string Describe(string? questDb)
    {
        string cpu = Line("/proc/cpuinfo", "model name")?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        string memory = Line("/proc/meminfo", "MemTotal") is { } total
            ? $", {long.Parse(total.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024 / 1024} GB" : "";
        string server = questDb is null ? "" : $", QuestDB {questDb}";
        return $"{cpu}, {Environment.ProcessorCount} cores{memory}, {Os()}, .NET {Environment.Version}{server}, {DateTime.UtcNow:yyyy-MM-dd}.";
    }

    /// <summary>The least that makes the figures anew; what was chosen beyond the defaults comes from <c>BENCH_OPTIONS</c>.</summary>
    public static string Command(string part) =>
        $"scripts/bench.sh {(part == "history" ? "--history" : $"--only {part}")} {Environment.GetEnvironmentVariable("BENCH_OPTIONS")}".TrimEnd();

    /// <summary>
    /// Share of the processors' time that others take, over one second before a part begins. The load average would not do: it
    /// still holds the part before.
    /// </summary>
    public static string Busy()
    {
        if (!File.Exists("/proc/stat"))
        {
            return "not known";
        }

        (long idle, long all) = ProcessorTime();
        Thread.Sleep(TimeSpan.FromSeconds(1));
        (long idleThen, long allThen) = ProcessorTime();
        return $"{100.0 * (1 - (double)(idleThen - idle) / (allThen - all)):0} %";
    }

    /// <summary>Ticks of all processors since the start: idle ones, among them those that waited for a disk, and all.</summary>
    private static (long Idle, long All) ProcessorTime()
    {
        long[] ticks = [.. Line("/proc/stat", "cpu ")!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(long.Parse)];
        return (ticks[3] + ticks[4], ticks.Sum());
    }

    private static string Os() => OperatingSystem.IsLinux() ? $"Linux {Environment.OSVersion.Version.ToString(2)}" : RuntimeInformation.OSDescription;

    private static string? Line(string file, string start) =>
        File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) : null;
}
