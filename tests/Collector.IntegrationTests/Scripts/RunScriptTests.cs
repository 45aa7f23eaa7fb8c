using System.Net;
using System.Net.Sockets;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Scripts;

public sealed class RunScriptTests : IDisposable
{
    private static readonly string Script = RepositoryRoot.Combine("scripts", "run.sh");
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Start_NoDotnet_SaysHowToInstallIt()
    {
        ShellScripts.LinkTools(_folder.Path);

        await using ChildProcess run = await RunAsync(OwnPath());

        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("run.sh: there is no 'dotnet' on the PATH; install the .NET 10 SDK", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', run.Output);
    }

    [Fact]
    public async Task Start_SdkTooOld_NamesWhatIsThere()
    {
        ShellScripts.LinkTools(_folder.Path);
        ShellScripts.WriteProgram(
            _folder.Combine("dotnet"),
            "if [ \"$1\" = --list-sdks ]; then echo '8.0.100 [/usr/share/dotnet/sdk]'; exit 0; fi; echo 'A compatible .NET SDK was not found.' >&2; exit 155");

        await using ChildProcess run = await RunAsync(OwnPath());

        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith("run.sh: the .NET SDK here is too old (found: 8.0.100 ); install the .NET 10 SDK", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortInUse_NamesItAndTheOption()
    {
        using var taken = new TcpListener(IPAddress.Loopback, FreePort.Next());
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await using ChildProcess run = await RunAsync([], "--http-port", $"{port}");

        Assert.Equal(3, run.ExitCode);
        Assert.StartsWith($"run.sh: port {port} on 127.0.0.1 is in use", run.Output, StringComparison.Ordinal);
        Assert.Contains("--http-port", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_UnknownOption_EndsWithTwo()
    {
        await using ChildProcess run = await RunAsync([], "--colour");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("run.sh: there is no option '--colour'; see --help.", run.Output);
    }

    [Fact]
    public async Task Start_QuestDbNotStartable_EndsWithTheReason()
    {
        await using ChildProcess run = await RunAsync(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["QUESTDB_JAR"] = "/nowhere/questdb.jar", ["QUESTDB_URL"] = null },
            "--questdb", "--questdb-port", $"{FreePort.Next()}",
            "--http-port", $"{FreePort.Next()}", "--demo-port", $"{FreePort.Next()}", "--gateway-port", $"{FreePort.Next()}");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal("questdb.sh: QUESTDB_JAR names /nowhere/questdb.jar, which is not a file.", run.Output);
    }

    public void Dispose() => _folder.Dispose();

    private static Task<ChildProcess> RunAsync(Dictionary<string, string?> environment, params string[] arguments) =>
        ChildProcess.RunAsync("/bin/bash", [Script, .. arguments], ShellScripts.Soon, environment);

    private Dictionary<string, string?> OwnPath() => new(StringComparer.Ordinal) { ["PATH"] = _folder.Path };
}
