using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Scripts;

/// <summary><c>scripts/new-source.sh</c> on a copy of the repository: what it makes builds without warnings and passes its tests.</summary>
public sealed class NewSourceTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(15);
    /// <summary>The test projects that hold a new source to the rules.</summary>
    private static readonly string[] Projects = ["Collector.Lines.Tests", "Collector.Sources.Tests", "Collector.App.Tests"];

    private static readonly string[] NotCopied = ["bin", "obj", "TestResults", "data"];
    private readonly TemporaryFolder _copy = new();

    [Fact]
    public async Task NewSource_OnACopy_BuildsPassesAndLacksNothing()
    {
        Copy();

        await RunAsync("bash", _copy.Combine("scripts", "new-source.sh"), "order_book");
        foreach (string project in Projects)
        {
            await RunAsync("dotnet", "build", _copy.Combine("tests", project), "-v", "q", "--nodereuse:false", "-p:UseSharedCompilation=false", "-p:RestoreLockedMode=true");
            await RunAsync("env", "UPDATE_DOCS=1", "dotnet", "test", _copy.Combine("tests", project), "--no-build", "--filter", "UpToDate");
        }

        foreach (string project in Projects)
        {
            string passed = await RunAsync("dotnet", "test", _copy.Combine("tests", project), "--no-build", "--filter", "UpToDate|Sources.OrderBook|Slug|Shipped|Architecture");
            Assert.Contains("Passed!", passed, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(_copy.Combine("docs", "tables", "order_book_metrics.md")));
        await File.WriteAllLinesAsync(_copy.Combine("example.yaml"), ["sources:", .. Example()]);
        Assert.Contains("1 sources", await RunAsync("dotnet", _copy.Combine("collector", "App", "bin", "Debug", "net10.0", "collector.dll"), "check", "-c", _copy.Combine("example.yaml")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "is there already; choose another name", "host")]
    [InlineData(2, "is no name for a source", "OrderBook")]
    [InlineData(2, "is no name for a source", "../x")]
    [InlineData(2, "Usage: scripts/new-source.sh NAME")]
    public async Task NewSource_NameThatIsNone_ChangesNothing(int code, string says, params string[] arguments)
    {
        await using ChildProcess script = await ChildProcess.RunAsync("bash", [RepositoryRoot.Combine("scripts", "new-source.sh"), .. arguments], ShellScripts.Soon);

        Assert.Equal(code, script.ExitCode);
        Assert.Contains(says, script.ErrorOutput, StringComparison.Ordinal);
    }

    public void Dispose() => _copy.Dispose();

    /// <summary>What was put into collector.yaml, without the marks that make it a comment.</summary>
    private IEnumerable<string> Example()
    {
        string[] lines = File.ReadAllLines(_copy.Combine("collector.yaml"));
        int from = Array.IndexOf(lines, "  # order_book:");
        return lines[from..Array.FindIndex(lines, from, line => line.Length == 0)].Select(line => "  " + line[4..]);
    }

    private void Copy()
    {
        foreach (string file in Directory.GetFiles(RepositoryRoot.Path))
        {
            File.Copy(file, _copy.Combine(Path.GetFileName(file)));
        }

        foreach (string folder in (string[])["collector", "docs", "demo", "schemas", "scripts", Path.Combine("tests", "Linked"), Path.Combine("tests", "Collector.Testing"), .. Projects.Select(project => Path.Combine("tests", project))])
        {
            Copy(RepositoryRoot.Combine(folder), _copy.Combine(folder));
        }

        foreach (string file in Directory.GetFiles(RepositoryRoot.Combine("tests")))
        {
            File.Copy(file, _copy.Combine("tests", Path.GetFileName(file)));
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (string folder in Directory.GetDirectories(from).Where(folder => !NotCopied.Contains(Path.GetFileName(folder), StringComparer.Ordinal)))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["MSBUILDDISABLENODEREUSE"] = "1", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0" };
        await using ChildProcess child = await ChildProcess.RunAsync(program, arguments, Long, environment, _copy.Path);
        Assert.True(child.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {child.ExitCode}:\n{child.Output}");
        return child.Output;
    }
}
