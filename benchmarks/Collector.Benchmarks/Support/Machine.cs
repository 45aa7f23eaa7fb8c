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

    /// <summary>Processes that ran or wanted to, on average over the last minute.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "not known";

    private static string Os() => OperatingSystem.IsLinux() ? $"Linux {Environment.OSVersion.Version.ToString(2)}" : RuntimeInformation.OSDescription;

    private static string? Line(string file, string start) =>
        File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) : null;
}
