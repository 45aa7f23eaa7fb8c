using System.Globalization;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Sources.Host;

/// <summary>Reads this machine from Linux' process file system: one row of <c>host_metrics</c> a reading.</summary>
internal sealed class HostSource : ISource
{
    private readonly HostOptions _options;
    private readonly SourceContext _context;
    private readonly Table _table;
    private CpuTimes? _cpu;

    /// <exception cref="SourceSetupException">There is no such file system here.</exception>
    public HostSource(HostOptions options, SourceContext context)
    {
        (_options, _context) = (options, context);
        _table = context.Table("host_metrics", "host", "env");
        if (!File.Exists(Path.Combine(options.Proc, "stat")))
        {
            throw new SourceSetupException($"{context.Name} reads a Linux /proc, and there is none at {options.Proc}") { IsOfThisMachine = true };
        }
    }

    public async Task ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        CpuTimes? cpu = await ReadAsync<CpuTimes>("stat", text => CpuTimes.Parse(text), problems, cancellationToken);
        double? load = await ReadAsync<double>("loadavg", text => double.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture), problems, cancellationToken);
        MemoryInfo? memory = await ReadAsync<MemoryInfo>("meminfo", text => MemoryInfo.Parse(text), problems, cancellationToken);
        NetworkTraffic? network = await ReadAsync<NetworkTraffic>("net/dev", text => NetworkTraffic.Parse(text), problems, cancellationToken);
        DiskUsage? disk = await ReadAsync<DiskUsage>(
            "mounts", text => FileSystems.Fullest(FileSystems.LocalMounts(text).Except(_options.IgnoreMounts, StringComparer.Ordinal)), problems, cancellationToken);

        DateTimeOffset now = _context.Clock.GetUtcNow();
        LineWriter row = reading.Begin(_table, _context.Host, _context.Env);
        row.Set(_table["cpu_percent"], _cpu is { } earlier ? cpu?.PercentSince(earlier) : null);
        row.Set(_table["load1"], load);
        row.Set(_table["memory_used_bytes"], memory?.UsedBytes);
        row.Set(_table["memory_total_bytes"], memory?.TotalBytes);
        row.Set(_table["disk_used_bytes"], disk?.UsedBytes);
        row.Set(_table["disk_total_bytes"], disk?.TotalBytes);
        row.Set(_table["disk_mount"], ForeignText.Fit(disk?.Mount));
        row.Set(_table["network_rx_bytes"], network?.ReceivedBytes);
        row.Set(_table["network_tx_bytes"], network?.SentBytes);
        reading.End(row, now);
        _cpu = cpu ?? _cpu;
        if (problems.Count > 0)
        {
            throw new SourceException(SourceError.Format, string.Join("; ", problems));
        }
    }

    /// <summary>Reads one file. What cannot be read is a problem of its own, and leaves the other columns alone.</summary>
    private async Task<T?> ReadAsync<T>(string file, Func<string, T?> parse, List<string> problems, CancellationToken cancellationToken)
        where T : struct
    {
        string path = Path.Combine(_options.Proc, file);
        try
        {
            return parse(await File.ReadAllTextAsync(path, cancellationToken));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            problems.Add($"{path}: {exception.Message}");
            return null;
        }
    }
}
