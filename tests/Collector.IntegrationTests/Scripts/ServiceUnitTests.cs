using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Scripts;

/// <summary>monitoring/systemd/collector.service, read by systemd's own tool. No service is run.</summary>
public sealed class ServiceUnitTests
{
    [SkippableFact]
    public async Task Verify_TheUnit_FindsNothing()
    {
        Skip.IfNot(ShellScripts.Has("systemd-analyze"), "systemd-analyze is not installed (Debian: systemd)");
        using var folder = new TemporaryFolder();
        string unit = await File.ReadAllTextAsync(RepositoryRoot.Combine("monitoring", "systemd", "collector.service"));
        // It wants the program to be there.
        await File.WriteAllTextAsync(folder.Combine("collector.service"), unit.Replace("/opt/collector/collector", "/bin/true", StringComparison.Ordinal));

        await using ChildProcess verify = await ChildProcess.RunAsync("systemd-analyze", ["verify", "--man=no", folder.Combine("collector.service")], ShellScripts.Soon);

        Assert.Equal((0, ""), (verify.ExitCode, verify.Output));
    }
}
