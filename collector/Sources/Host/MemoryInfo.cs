using System.Globalization;
using System.Runtime.InteropServices;

namespace Collector.Sources.Host;

/// <summary>Physical memory in bytes, from <c>/proc/meminfo</c> (proc(5)): used is total minus what the kernel says is available.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MemoryInfo(long UsedBytes, long TotalBytes)
{
    /// <exception cref="FormatException">MemTotal or MemAvailable is missing.</exception>
    public static MemoryInfo Parse(string meminfo)
    {
        long total = Field(meminfo, "MemTotal:");
        return new MemoryInfo(total - Field(meminfo, "MemAvailable:"), total);
    }

    private static long Field(string meminfo, string name)
    {
        foreach (string line in meminfo.Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var field, var kibibytes, ..] && field == name)
            {
                return long.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024;
            }
        }

        throw new FormatException($"meminfo has no line {name}");
    }
}
