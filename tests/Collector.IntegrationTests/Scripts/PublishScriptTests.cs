using System.Runtime.InteropServices;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Scripts;

/// <summary>
/// scripts/publish.sh. The compiler takes a minute for a system, so that only the long run (<c>COLLECTOR_TESTS_LONG=1</c>) has it
/// make the program and starts that; else a script stands in its place.
/// </summary>
public sealed class PublishScriptTests : IDisposable
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("COLLECTOR_TESTS_LONG") == "1";

    private static readonly string Ours = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Run_OneSystem_IsPackedWithWhatItNeedsAndItsSum()
    {
        await using ChildProcess run = await RunAsync(IsLong ? null : "printf made >\"$out/collector\"", IsLong ? [Ours] : [Ours, "--no-start"]);

        Assert.True(run.ExitCode == 0, run.Output);
        string archive = Path.GetFileName(Assert.Single(Directory.GetFiles(_folder.Combine("made"), "*.tar.gz")));
        Assert.Matches($@"^collector-\d+\.\d+\.\d+-{Ours}\.tar\.gz$", archive);
        string name = archive[..^".tar.gz".Length];
        await using ChildProcess sums = await ChildProcess.RunAsync("sha256sum", ["-c", "SHA256SUMS"], ShellScripts.Soon, workingFolder: _folder.Combine("made"));
        Assert.Equal($"{archive}: OK", sums.Output);
        await using ChildProcess list = await ChildProcess.RunAsync("tar", ["-tzf", _folder.Combine("made", archive)], ShellScripts.Soon);
        Assert.Superset(
            new HashSet<string>(["collector", "collector.yaml", "collector.service", "CHANGELOG.md", "LICENSE", "schemas/daemon_metrics.sql"], StringComparer.Ordinal),
            list.Output.Split('\n').Select(file => file[(name.Length + 1)..]).ToHashSet(StringComparer.Ordinal));
        Assert.Equal(IsLong, run.Output.Contains($"{name}: started in ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_OneSystemOfTwoCannotBeBuilt_IsLeftOutAndSaidWhy()
    {
        await using ChildProcess run = await RunAsync(
            "case \"$*\" in *linux-arm64*) echo 'error NU1101: Unable to find package.'; exit 1 ;; *) printf made >\"$out/collector\" ;; esac", "--no-start");

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains("error NU1101: Unable to find package.\npublish.sh: linux-arm64 is left out", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("-linux-x64.tar.gz", Assert.Single(Directory.GetFiles(_folder.Combine("made"), "*.tar.gz")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NothingCanBeBuilt_EndsWithOne()
    {
        await using ChildProcess run = await RunAsync("exit 1");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("publish.sh: nothing was made.", run.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Combine("made")));
    }

    [Theory]
    [InlineData("linux-riscv64")]
    [InlineData("--output")]
    public async Task Run_WrongArgument_EndsWithTwo(string argument)
    {
        await using ChildProcess run = await ChildProcess.RunAsync("bash", [RepositoryRoot.Combine("scripts", "publish.sh"), argument], ShellScripts.Soon);

        Assert.Equal(2, run.ExitCode);
    }

    public void Dispose() => _folder.Dispose();

    /// <param name="publish">What `dotnet publish` is instead, as shell script: <c>$out</c> is the folder to fill. Null: it is itself.</param>
    private async Task<ChildProcess> RunAsync(string? publish, params string[] arguments)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (publish is not null)
        {
            string programs = Directory.CreateDirectory(_folder.Combine("bin")).FullName;
            ShellScripts.WriteProgram(
                Path.Combine(programs, "dotnet"),
                $"[ \"$1\" = publish ] || exit 0\nwhile [ \"$1\" != -o ]; do all=\"${{all-}} $1\"; shift; done\nout=$2; mkdir -p \"$out\"; set -- $all\n{publish}");
            environment["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
        }

        return await ChildProcess.RunAsync(
            "bash", [RepositoryRoot.Combine("scripts", "publish.sh"), "--output", _folder.Combine("made"), .. arguments], TimeSpan.FromMinutes(10), environment);
    }
}
