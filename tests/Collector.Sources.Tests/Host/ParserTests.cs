using Collector.Sources.Host;

namespace Collector.Tests.Sources.Host;

public sealed class ParserTests
{
    public const string NetDev = """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
            lo: 9999999  1 0 0 0 0 0 0  9999999 1 0 0 0 0 0 0
          eth0: 1000     2 0 0 0 0 0 0  500     2 0 0 0 0 0 0
         wlan0:2000 3 0 0 0 0 0 0 1000 3 0 0 0 0 0 0

        """;

    [Theory]
    [InlineData("cpu  10 20 30 40 50 60 70 80 90 100\ncpu0 1\n", 270, 360)] // guest time is part of user time already
    [InlineData("cpu 10 20 30 40\n", 60, 100)] // as Linux 2.4 wrote it
    public void CpuTimes_Stat_IsBusyAndTotal(string stat, long busy, long total) => Assert.Equal(new CpuTimes(busy, total), CpuTimes.Parse(stat));

    [Theory]
    [InlineData("")]
    [InlineData("cpu 1 2 3 4")]
    [InlineData("intr 1\ncpu 1 2 3 4\n")]
    [InlineData("cpu 1 2 x 4\n")]
    public void CpuTimes_NoSuchLine_IsAFormatFault(string stat) => Assert.Throws<FormatException>(() => CpuTimes.Parse(stat));

    [Theory]
    [InlineData(10, 100, 60, 200, 50.0)]
    [InlineData(10, 100, 10, 200, 0.0)]
    [InlineData(10, 100, 110, 200, 100.0)]
    [InlineData(10, 100, 10, 100, null)] // no time has passed
    [InlineData(10, 100, 5, 50, null)] // began anew
    [InlineData(10, 100, 9, 101, null)]
    public void PercentSince_Earlier_IsTheBusyShare(long busyThen, long totalThen, long busy, long total, double? percent) =>
        Assert.Equal(percent, new CpuTimes(busy, total).PercentSince(new CpuTimes(busyThen, totalThen)));

    [Fact]
    public void MemoryInfo_Meminfo_IsUsedAndTotal() =>
        Assert.Equal(new MemoryInfo(600 * 1024, 1000 * 1024), MemoryInfo.Parse("MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    400 kB\n"));

    [Theory]
    [InlineData("MemTotal: 1000 kB\n")]
    [InlineData("MemAvailable: 1000 kB\n")]
    [InlineData("MemTotal: 1000 kB\nMemAvailable: much kB\n")]
    public void MemoryInfo_LineMissing_IsAFormatFault(string meminfo) => Assert.Throws<FormatException>(() => MemoryInfo.Parse(meminfo));

    [Fact]
    public void NetworkTraffic_Dev_IsTheSumWithoutLoopback() => Assert.Equal(new NetworkTraffic(3000, 1500), NetworkTraffic.Parse(NetDev));

    [Fact]
    public void NetworkTraffic_LineCutOff_IsAFormatFault() => Assert.Throws<FormatException>(() => NetworkTraffic.Parse("a\nb\neth0: 1 2 3\n"));

    [Fact]
    public void LocalMounts_Mounts_AreLocalDisksOnceEach() =>
        Assert.Equal(
            ["/", "/data with space", "/tab\tand\\040backslash", "/half\\04"],
            FileSystems.LocalMounts("""
                sysfs /sys sysfs rw 0 0
                /dev/sda1 / ext4 rw,relatime 0 0
                /dev/sda1 /bound ext4 rw,relatime 0 0
                nas:/x /nas nfs4 rw 0 0
                /dev/sdb1 /data\040with\040space xfs rw 0 0
                /dev/sdc1 /tab\011and\134040backslash btrfs rw 0 0
                /dev/sdd1 /half\04 zfs rw 0 0
                tmpfs /tmp tmpfs rw 0 0
                short
                """),
            StringComparer.Ordinal);

    [Fact]
    public void Fullest_MountsThatAreGone_ArePassedOver()
    {
        Assert.Null(FileSystems.Fullest(["/no/such/mount"]));
        Assert.Equal("/", FileSystems.Fullest(["/no/such/mount", "/"])?.Mount);
    }
}
