using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Faults;

public sealed class ReadOnlyDiskTests
{
    [SkippableFact]
    public async Task Run_DataFolderThatCannotBeWritten_SaysWhichAndByWhomAndNotThatItIsInUse()
    {
        await using var collector = new CollectorProcess("sources:\n  host:\n    - interval: 1s");
        using var disk = SmallDisk.Mount(collector.DataFolder);
        await collector.StartReadyAsync();
        await collector.EndAsync(UnixSignal.Terminate);
        disk.MakeReadOnly();

        await collector.StartAsync();

        string told = await collector.WaitForLineAsync("The collector cannot start");
        Assert.Contains($"{Path.Combine(collector.DataFolder, "spool")} cannot be written by {Environment.UserName}: ", told, StringComparison.Ordinal);
        Assert.Contains("Read-only file system", told, StringComparison.Ordinal);
        Assert.DoesNotContain("in use", told, StringComparison.Ordinal);
    }
}
