using static Collector.Dashboards.Fragments;

namespace Collector.Dashboards.Content;

internal static class HostDashboard
{
    private const string Name = "${__field.labels.host}";
    private static readonly string Chosen = Rows("env", "host");
    private static readonly string Now = Current("host_metrics", "host, env", Chosen);

    public static Dashboard Made { get; } = new("host", "Machines", "Do the machines have room to work in?")
    {
        Variables = Variable.Of("host_metrics", null, "env", "host"),
        Rows =
        [
            new(0, "",
                Shared.About("""
                    **Do the machines have room to work in?** Processor, memory, the fullest local disk and the network of each machine.
                    """),
                Shared.Freshness("host_metrics", Chosen)),
            new(100, "Now",
                Bar(10, "CPU now", "Busy share of all cores.", "cpu_percent", Limits.Share),
                Bar(11, "Memory now", "Total minus available memory, of the total.", "100.0 * memory_used_bytes / memory_total_bytes", Limits.Share),
                Bar(12, "Disk now", "The fullest local file system. From 85 % a warning, from 95 % critical.", "100.0 * disk_used_bytes / disk_total_bytes", Limits.Disk),
                new Table(13, "Machines", "Each machine by its last row.")
                {
                    Width = 24, Height = 5,
                    Overrides =
                    [
                        new("load1") { As = "load (1 min)", Decimals = 2 },
                        new("/memory.*|disk|disk size/") { Unit = Unit.Bytes },
                        new("disk_mount") { As = "mounted at" },
                        new("seen") { As = "last seen", Unit = Unit.Ago },
                    ],
                    Sql =
                    [
                        $"""
                        SELECT host, load1, memory_used_bytes AS "memory", memory_total_bytes AS "memory size", disk_used_bytes AS "disk",
                               disk_total_bytes AS "disk size", disk_mount, timestamp AS seen
                        FROM {Now} ORDER BY host
                        """,
                    ],
                }),
            new(101, "Over time",
                Line(20, "CPU", "Busy share of all cores, the mean of each bucket.", "avg(cpu_percent)", Unit.Percent),
                Line(21, "Memory", "Total minus available memory, of the total.", "avg(100.0 * memory_used_bytes / memory_total_bytes)", Unit.Percent),
                Line(22, "Disk", "The fullest local file system. The dashed lines are the limits of the alerts.", "max(100.0 * disk_used_bytes / disk_total_bytes)", Unit.Percent) with
                {
                    Thresholds = Limits.Disk,
                },
                Line(23, "Load", "Load average over one minute, the highest in each bucket.", "max(load1)", Unit.None) with { Max = null, Decimals = 1 },
                Network(24, "Received", "Bytes received a second over all interfaces but loopback.", "network_rx_bytes_delta"),
                Network(25, "Sent", "Bytes sent a second over all interfaces but loopback.", "network_tx_bytes_delta")),
        ],
    };

    private static BarGauge Bar(int id, string title, string description, string value, Thresholds limits) => new(id, title, description)
    {
        Width = 8,
        Height = 5,
        Unit = Unit.Percent,
        Decimals = 1,
        Min = 0,
        Max = 100,
        Thresholds = limits,
        Sql = [$"SELECT host, {value} AS value FROM {Now} ORDER BY host"],
    };

    private static TimeSeries Line(int id, string title, string description, string value, Unit unit) => new(id, title, description)
    {
        Interval = "30s",
        Unit = unit,
        Min = 0,
        Max = 100,
        SeriesName = Name,
        Sql = [$"{Buckets($"host_metrics WHERE {Chosen}", "host", ("value", value))} ORDER BY time, host"],
    };

    private static TimeSeries Network(int id, string title, string description, string increase) => new(id, title, description)
    {
        Interval = "1m",
        Unit = Unit.BytesPerSecond,
        Min = 0,
        SeriesName = Name,
        Sql = [Rates.Of($"host_metrics WHERE {Chosen}", "host", increase, Rates.PerSecond)],
    };
}
