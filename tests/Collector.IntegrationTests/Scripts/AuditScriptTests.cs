using System.Globalization;
using Collector.IntegrationTests.Stack;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Scripts;

/// <summary>scripts/audit.sh on a project of the test's, whose packages come from a source of the test's.</summary>
public sealed class AuditScriptTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public async Task Run_VulnerablePackage_IsToldWithItsAdvisory()
    {
        await using ChildProcess run = await RunAsync("1.0.0", "(, 1.1.0)");

        Assert.True(run.ExitCode == 1, run.Output);
        Assert.Contains($"vulnerable  {PackageSource.Name} 1.0.0 High {PackageSource.Advisory}", run.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Run_SourceWithoutData_SaysSoAndIsNoAllClear()
    {
        await using ChildProcess run = await RunAsync("1.1.0", null);

        Assert.True(run.ExitCode == 3, run.Output);
        Assert.Contains("no source of packages serves data about vulnerabilities", run.ErrorOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing was found", run.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Run_NewestOfItsMajorVersionWithoutAnAdvisory_IsClean()
    {
        await using ChildProcess run = await RunAsync("1.1.0", "(, 1.1.0)");

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Equal("audit.sh: nothing was found.", run.Output);
    }

    [SkippableTheory]
    [InlineData("1.0.0", "", "1.1.0")]
    [InlineData("1.1.0", "--major", "2.0.0")]
    public async Task Run_OldPackage_IsToldWithTheNewest(string version, string option, string newest)
    {
        await using ChildProcess run = await RunAsync(version, "(, 0.1.0)", option.Length > 0 ? [option] : []);

        Assert.True(run.ExitCode == 1, run.Output);
        Assert.Equal($"outdated    {PackageSource.Name} {version} {newest}", run.Output);
    }

    [SkippableFact]
    public async Task Run_Images_AreComparedWithTheList()
    {
        string[] images = ["a/held:v1.2.3", "a/moved:1.0.0", "a/old:1.0.0", "a/same:v1.2.3", "a/unknown:1.0.0", "own:local"];
        string list = $"# a list\na/held v1.2.3 {Day(30)} held: why\na/moved 1.0.1 {Day(0)}\na/old 1.0.0 {Day(31)}\na/same v1.2.3 {Day(0)}\n";

        await using ChildProcess run = await RunAsync("1.1.0", "(, 0.1.0)", images: images, list: list);

        Assert.True(run.ExitCode == 1, run.Output);
        Assert.Equal(
            """
            note        a/held v1.2.3: held: why
            image       a/moved is 1.0.0, and 1.0.1 in the list
            image       a/old 1.0.0 was looked at 31 days ago
            image       a/unknown is in no line of the list
            """.ReplaceLineEndings("\n"),
            run.Output);
    }

    [Theory]
    [InlineData("--what")]
    [InlineData("--images", "/nowhere")]
    public async Task Run_WrongArgument_EndsWithTwo(params string[] arguments)
    {
        await using ChildProcess run = await ChildProcess.RunAsync("bash", [RepositoryRoot.Combine("scripts", "audit.sh"), .. arguments], ShellScripts.Soon);

        Assert.Equal(2, run.ExitCode);
    }

    /// <summary>A change of an image is a change of the list as well.</summary>
    [SkippableFact]
    public async Task Images_OfTheComposeFile_AreThoseOfTheList()
    {
        Skip.IfNot(ComposeFile.CanBeRead(out string reason), reason);
        string[] listed = [.. (await File.ReadAllLinesAsync(RepositoryRoot.Combine("scripts", "lib", "images.txt")))
            .Where(line => !line.StartsWith('#')).Select(line => string.Join(':', line.Split(' ')[..2])).Order(StringComparer.Ordinal)];
        string[] used = [.. (await ComposeFile.ServicesAsync()).Where(service => !service.IsBuilt).Select(service => service.Image).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

        Assert.Equal(used, listed);
    }

    public void Dispose() => _folder.Dispose();

    private static string Day(int ago) => TimeProvider.System.GetUtcNow().AddDays(-ago).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<ChildProcess> RunAsync(string version, string? vulnerable, string[]? options = null, string[]? images = null, string list = "")
    {
        Skip.IfNot(ShellScripts.Has("curl"), "curl is not installed");
        await using PackageSource source = await PackageSource.StartAsync(vulnerable);
        await File.WriteAllTextAsync(
            _folder.Combine("nuget.config"),
            $"""
            <configuration>
              <packageSources><clear/><add key="test" value="{source.Url}/index.json" allowInsecureConnections="true"/></packageSources>
            </configuration>
            """);
        await File.WriteAllTextAsync(
            _folder.Combine("test.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <ItemGroup><PackageReference Include="{PackageSource.Name}" Version="{version}"/></ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(_folder.Combine("images.txt"), list);
        await File.WriteAllTextAsync(
            _folder.Combine("compose.yml"), "services:\n" + string.Concat((images ?? ["own:local"]).Select((image, i) => $"  s{i}:\n    image: {image}\n")));
        // Folders of the test's own: what it serves has no place among this machine's packages.
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["NUGET_PACKAGES"] = _folder.Combine("packages"),
            ["NUGET_HTTP_CACHE_PATH"] = _folder.Combine("cache"),
        };
        return await ChildProcess.RunAsync(
            "bash",
            [
                RepositoryRoot.Combine("scripts", "audit.sh"), "--project", _folder.Combine("test.csproj"), "--images", _folder.Combine("images.txt"),
                "--compose", _folder.Combine("compose.yml"), .. options ?? [],
            ],
            Soon,
            environment);
    }
}
