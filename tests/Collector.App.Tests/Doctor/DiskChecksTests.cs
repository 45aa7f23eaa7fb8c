using Collector.App;
using Collector.App.Doctor;
using Collector.Capabilities;
using Collector.Pipe.Spool;
using Collector.Settings;

namespace Collector.Tests.App.Doctor;

public sealed class DiskChecksTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(100, 10, 0, nameof(Verdict.Ok), "")]
    [InlineData(100, 20, 90, nameof(Verdict.Ok), "")] // what the spool has already need not be free
    [InlineData(100, 20, 0, nameof(Verdict.Warn), "an outage fills the disk")]
    [InlineData(10, 110, 0, nameof(Verdict.Fail), "the spool takes no rows")]
    [InlineData(1000, 10, 100, nameof(Verdict.Fail), "the spool is full")]
    public void Run_RoomOnTheDisk_IsHeldAgainstTheSettings(long free, long minFree, int used, string verdict, string text)
    {
        if (used > 0)
        {
            Directory.CreateDirectory(_folder.File("spool/t"));
            File.WriteAllBytes(_folder.File("spool/t/1.seg"), new byte[used * 1024]);
        }

        var options = new CollectorOptions
        {
            Spool = new SpoolOptions { Directory = _folder.File("spool"), MaxBytes = ByteSize.KiB(verdict == nameof(Verdict.Ok) && used == 0 ? 90 : 100), MinFreeBytes = ByteSize.KiB(minFree) },
        };

        Finding finding = Assert.Single(DiskChecks.Run(options, new Disk(free * 1024)));

        Assert.Equal(verdict, finding.Verdict.ToString());
        Assert.Contains(text, finding.Text, StringComparison.Ordinal);
        Assert.Equal(finding.Verdict == Verdict.Ok, finding.Advice is null);
    }

    public void Dispose() => _folder.Dispose();

    private sealed class Disk(long free) : SpoolDisk
    {
        public override long FreeBytes(string directory) => free;
    }
}
