using System.Globalization;

namespace Collector.Web.Listeners;

/// <summary>The files that the process may have open (<c>ulimit -n</c>), of which each connection is one.</summary>
public static class FileLimit
{
    /// <summary>Below it the process's own files find no room.</summary>
    private const int Least = 320;

    /// <summary>What the collector itself has open at the most: the program's about 180 files, and three of each table's log, for 200 tables.</summary>
    private const int Own = 256 + (3 * 200);

    private const string Row = "Max open files";

    /// <summary>The limit; null where it cannot be told or there is none. The runtime has raised it as far as the system lets it.</summary>
    public static int? Read() => File.Exists("/proc/self/limits") ? Parse(File.ReadLines("/proc/self/limits")) : null;

    /// <summary>The soft limit of <c>/proc/PID/limits</c> (proc_pid_limits(5)).</summary>
    public static int? Parse(IEnumerable<string> limits) =>
        limits.FirstOrDefault(line => line.StartsWith(Row, StringComparison.Ordinal))?[Row.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
        && int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out int files) ? files : null;

    /// <summary>Why so few files are too few; null where they are not.</summary>
    public static string? Problem(int? files) =>
        files < Least ? $"This process may have {files} files open, and needs {Least} at the least. Raise the limit: ulimit -n, LimitNOFILE of systemd, or nofile of a container." : null;

    /// <summary>Connections for a listener: its share of the files that are not the collector's own, or of a quarter where there are few.</summary>
    /// <param name="wanted">As configured.</param>
    /// <param name="quarters">Its share, in quarters.</param>
    public static int Fit(int wanted, int quarters, int? files) => files is { } limit ? Math.Min(wanted, Math.Max(limit - Own, limit / 4) / 4 * quarters) : wanted;
}
