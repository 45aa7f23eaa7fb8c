using Collector.Sources;
using Collector.Sources.Host;

namespace Collector.Tests.Sources.Host;

public sealed class HostSourceTests : IDisposable
{
    private readonly TemporaryFolder _proc = new();
    private readonly SourceRoom _room = new();

    public HostSourceTests()
    {
        Directory.CreateDirectory(_proc.File("net"));
        File.WriteAllText(_proc.File("stat"), "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2 3 4\n");
        File.WriteAllText(_proc.File("loadavg"), "0.52 0.58 0.59 2/467 3042\n");
        File.WriteAllText(_proc.File("meminfo"), "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    400 kB\n");
        File.WriteAllText(_proc.File("net/dev"), ParserTests.NetDev);
        File.WriteAllText(_proc.File("mounts"), "tmpfs /run tmpfs rw 0 0\n/dev/root / ext4 rw 0 0\n");
    }

    public void Dispose() => _proc.Dispose();

    [Fact]
    public async Task Read_Files_AreOneRow()
    {
        HostSource source = Source();

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        WrittenRow row = Assert.Single(rows);
        Assert.Equal(("machine", "test"), (row["host"], row["env"]));
        Assert.Equal(("0.52", "614400", "1024000"), (row["load1"], row["memory_used_bytes"], row["memory_total_bytes"]));
        Assert.Equal(("3000", "1500"), (row["network_rx_bytes"], row["network_tx_bytes"]));
        Assert.Equal("/", row["disk_mount"]);
        Assert.InRange(row.Number("disk_used_bytes"), 0, row.Number("disk_total_bytes"));
        Assert.Null(row["cpu_percent"]); // a share needs two readings
        Assert.Null(row["network_rx_bytes_delta"]);
    }

    [Fact]
    public async Task Read_SecondTime_TellsShareAndIncrease()
    {
        HostSource source = Source();
        await _room.ReadAsync(source);
        File.WriteAllText(_proc.File("stat"), "cpu  150 0 100 740 110 0 0 0 0 0\n");
        File.WriteAllText(_proc.File("net/dev"), ParserTests.NetDev.Replace("eth0: 1000", "eth0: 1250", StringComparison.Ordinal));

        WrittenRow row = (await _room.ReadAsync(source)).Rows[0];

        Assert.Equal(("50", "250", "0"), (row["cpu_percent"], row["network_rx_bytes_delta"], row["network_tx_bytes_delta"]));
    }

    [Theory]
    [InlineData("stat", "cpu_percent")]
    [InlineData("loadavg", "load1")]
    [InlineData("meminfo", "memory_used_bytes")]
    [InlineData("net/dev", "network_rx_bytes")]
    [InlineData("mounts", "disk_used_bytes")]
    public async Task Read_FileMissingOrStrange_LeavesTheOtherColumnsAlone(string file, string column)
    {
        HostSource source = Source();
        await _room.ReadAsync(source);
        int columns = (await _room.ReadAsync(source)).Rows[0].Values.Count;
        File.Delete(_proc.File(file));

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        WrittenRow row = Assert.Single(rows);
        Assert.Null(row[column]);
        Assert.InRange(row.Values.Count, 2, columns);
        Assert.Contains(_proc.File(file), error?.Message, StringComparison.Ordinal);

        if (file != "mounts")
        {
            File.WriteAllText(_proc.File(file), "?\n1\n?: 1 2\n");
            (rows, error) = await _room.ReadAsync(source);
            Assert.Null(rows[0][column]);
            Assert.Equal(SourceError.Format, error?.Error);
        }
    }

    [Fact]
    public async Task Read_MountToBeIgnored_IsLeftOut()
    {
        var source = new HostSource(new HostOptions { Proc = _proc.Path, IgnoreMounts = ["/"] }, _room.Context("host/default"));

        Assert.Null((await _room.ReadAsync(source)).Rows[0]["disk_mount"]);
    }

    [Fact]
    public void Create_NoProcThere_IsASetupFaultThatNamesIt()
    {
        SourceSetupException fault = Assert.Throws<SourceSetupException>(() => new HostSource(new HostOptions { Proc = "/nowhere" }, _room.Context("host/default")));

        Assert.Contains("/nowhere", fault.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Read_ThisMachine_FillsEveryColumn()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "reads the real /proc");
        var source = new HostSource(new HostOptions(), _room.Context("host/default"));
        await _room.ReadAsync(source);

        (IReadOnlyList<WrittenRow> rows, SourceException? error) = await _room.ReadAsync(source);

        Assert.Null(error);
        WrittenRow row = rows[0];
        Assert.InRange(row.Number("memory_used_bytes"), 1, row.Number("memory_total_bytes"));
        Assert.True(row.Number("load1") >= 0);
        Assert.True(row.Number("network_rx_bytes") >= 0);
        Assert.InRange(row["cpu_percent"] is null ? 0 : row.Number("cpu_percent"), 0, 100);
    }

    private HostSource Source() => new(new HostOptions { Proc = _proc.Path }, _room.Context("host/default"));
}
