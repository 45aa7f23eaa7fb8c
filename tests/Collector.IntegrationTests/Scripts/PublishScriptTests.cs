using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Scripts;

/// <summary>
/// scripts/publish.sh. The compiler takes a minute for a system, so that only the long run (<c>COLLECTOR_TESTS_LONG=1</c>) has it
/// make the program and starts that; else a script stands in its place, with the list of packages of the program that the tests run.
/// </summary>
public sealed partial class PublishScriptTests : IDisposable
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("COLLECTOR_TESTS_LONG") == "1";

    private static readonly string Ours = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";

    /// <summary>What a publish is that does nothing but make a file.</summary>
    private const string Made = "printf made >\"$out/collector\"";

    private readonly TemporaryFolder _folder = new();

    private static string LeastRuntime => Least().Match(File.ReadAllText(RepositoryRoot.Combine("Directory.Build.props"))).Groups["version"].Value;

    [Fact]
    public async Task Run_OneSystem_IsPackedWithWhatItNeedsAndItsSum()
    {
        await using ChildProcess run = await RunAsync(IsLong ? null : Made, IsLong ? [Ours] : [Ours, "--no-start"]);

        Assert.True(run.ExitCode == 0, run.Output);
        string archive = Path.GetFileName(Assert.Single(Directory.GetFiles(_folder.Combine("made"), "*.tar.gz")));
        Assert.Matches($@"^collector-\d+\.\d+\.\d+-{Ours}\.tar\.gz$", archive);
        string name = archive[..^".tar.gz".Length];
        await using ChildProcess sums = await ChildProcess.RunAsync("sha256sum", ["-c", "SHA256SUMS"], ShellScripts.Soon, workingFolder: _folder.Combine("made"));
        Assert.Equal($"{archive}: OK\n{name}.cdx.json: OK", sums.Output);
        await using ChildProcess list = await ChildProcess.RunAsync("tar", ["-tzf", _folder.Combine("made", archive)], ShellScripts.Soon);
        Assert.Superset(
            new HashSet<string>(["collector", "collector.yaml", "collector.service", "CHANGELOG.md", "LICENSE", "schemas/daemon_metrics.sql"], StringComparer.Ordinal),
            list.Output.Split('\n').Select(file => file[(name.Length + 1)..]).ToHashSet(StringComparer.Ordinal));
        Assert.Equal(IsLong, run.Output.Contains($"{name}: started in ", StringComparison.Ordinal));
        AssertListsEveryPackage(JsonDocument.Parse(await File.ReadAllTextAsync(_folder.Combine("made", $"{name}.cdx.json"))).RootElement);
    }

    /// <summary>In another minute, for another user, over files that were made in another order: the same bytes.</summary>
    [Fact]
    public async Task Run_Twice_MakesTheSameBytes()
    {
        string[] options = [Ours, "--no-start"];
        await using ChildProcess first = await RunAsync(IsLong ? null : Made, options);
        Assert.True(first.ExitCode == 0, first.Output);
        Dictionary<string, byte[]> before = Directory.GetFiles(_folder.Combine("made")).ToDictionary(file => file, File.ReadAllBytes, StringComparer.Ordinal);

        await using ChildProcess second = await RunAsync(IsLong ? null : $"umask 077; {Made}; touch -d 2001-02-03 \"$out/collector\"", options);

        Assert.True(second.ExitCode == 0, second.Output);
        Assert.Equal(3, before.Count);
        Assert.All(before, file => Assert.True(file.Value.AsSpan().SequenceEqual(File.ReadAllBytes(file.Key)), $"{file.Key} differs"));
    }

    [Fact]
    public async Task Run_Archive_IsSortedAndNobodysAndOfTheGivenTime()
    {
        await using ChildProcess run = await RunWithAsync(LeastRuntime, Made, new(StringComparer.Ordinal) { ["SOURCE_DATE_EPOCH"] = "981173106" }, "linux-x64", "--no-start");
        Assert.True(run.ExitCode == 0, run.Output);

        await using ChildProcess list = await ChildProcess.RunAsync(
            "tar", ["--utc", "--full-time", "--numeric-owner", "-tvzf", Assert.Single(Directory.GetFiles(_folder.Combine("made"), "*.tar.gz"))], ShellScripts.Soon);

        string[][] lines = [.. list.Output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        Assert.All(lines, line => Assert.Equal(("0/0", "2001-02-03 04:05:06"), (line[1], $"{line[3]} {line[4]}")));
        Assert.All(lines, line => Assert.Contains(line[0], (string[])["drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x"]));
        string[] names = [.. lines.Select(line => line[5].TrimEnd('/'))];
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        string bom = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(_folder.Combine("made"), "*.cdx.json")));
        Assert.Equal("2001-02-03T04:05:06Z", JsonDocument.Parse(bom).RootElement.GetProperty("metadata").GetProperty("timestamp").GetString());
    }

    /// <summary>A class with log messages in several files is compiled in another order each time.</summary>
    [Fact]
    public void Sources_LogMessagesOfAClass_AreInOneFile()
    {
        string[] files = [.. Directory.GetFiles(RepositoryRoot.Combine("collector"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && File.ReadAllText(file).Contains("[LoggerMessage(", StringComparison.Ordinal))
            .Select(file => Path.Combine(Path.GetDirectoryName(file)!, Path.GetFileName(file).Split('.')[0]))];

        Assert.NotEmpty(files);
        Assert.Equal(files.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Run_FrozenRuntime_IsNeverOlderThanStated(int patches)
    {
        var least = Version.Parse(LeastRuntime);
        var frozen = new Version(least.Major, least.Minor, least.Build + patches);

        await using ChildProcess run = await RunWithAsync(frozen.ToString(), Made, null, "linux-x64", "--no-start");

        Assert.True(run.ExitCode == (patches < 0 ? 1 : 0), run.Output);
        if (patches < 0)
        {
            Assert.Contains($"error: Microsoft.NETCore.App.Runtime.linux-x64 {frozen} is older than {least}", run.Output, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(_folder.Combine("made")));
        }
    }

    [Theory]
    [InlineData("10.0.9", true)]
    [InlineData("10.0.999", false)]
    public async Task Run_SdkWithAnOlderRuntime_IsAskedForTheStatedOne(string sdk, bool asked)
    {
        await using ChildProcess run = await RunWithAsync(LeastRuntime, $"{Made}; echo \"$*\" >'{_folder.Combine("arguments")}'", new(StringComparer.Ordinal) { ["SDK_RUNTIME"] = sdk }, "linux-x64", "--no-start");

        Assert.True(run.ExitCode == 0, run.Output);
        string arguments = await File.ReadAllTextAsync(_folder.Combine("arguments"));
        Assert.Equal(asked, arguments.Contains($"-p:RuntimeFrameworkVersion={LeastRuntime}", StringComparison.Ordinal));
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

    private Task<ChildProcess> RunAsync(string? publish, params string[] arguments) => RunWithAsync(LeastRuntime, publish, null, arguments);

    /// <param name="publish">What `dotnet publish` is instead, as shell script: <c>$out</c> is the folder to fill. Null: it is itself.</param>
    /// <param name="runtime">The version of the runtime that it freezes.</param>
    private async Task<ChildProcess> RunWithAsync(string runtime, string? publish, Dictionary<string, string?>? variables, params string[] arguments)
    {
        var environment = new Dictionary<string, string?>(variables ?? [], StringComparer.Ordinal);
        if (publish is not null)
        {
            string programs = Directory.CreateDirectory(_folder.Combine("bin")).FullName;
            await File.WriteAllTextAsync(_folder.Combine("deps.json"), Packages(runtime));
            ShellScripts.WriteProgram(
                Path.Combine(programs, "dotnet"),
                $"""
                if [ "$1" = msbuild ]; then echo "${"{SDK_RUNTIME:-}"}"; fi
                [ "$1" = publish ] || exit 0
                while [ "$1" != -o ]; do
                    if [ "$1" = -r ]; then system=$2; fi
                    if [ "$1" = --artifacts-path ]; then built=$2; fi
                    all="${"{all-}"} $1"
                    shift
                done
                out=$2
                mkdir -p "$out" "$built/obj/Collector.App/release_$system"
                sed "s/linux-x64/$system/" '{_folder.Combine("deps.json")}' >"$built/obj/Collector.App/release_$system/collector.deps.json"
                set -- $all
                {publish}
                """);
            environment["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
        }

        return await ChildProcess.RunAsync(
            "bash", [RepositoryRoot.Combine("scripts", "publish.sh"), "--output", _folder.Combine("made"), .. arguments], TimeSpan.FromMinutes(10), environment);
    }

    /// <summary>The list that the SDK made for the program that the tests run, and the runtime's parts that it has when it is published.</summary>
    private static string Packages(string runtime)
    {
        const string Start = "\"libraries\": {\n";
        string list = File.ReadAllText(Path.ChangeExtension(RepositoryRoot.Program("collector/App", "collector"), "deps.json"));
        Assert.Contains(Start, list, StringComparison.Ordinal);
        string[] parts = ["Microsoft.NETCore.App.Runtime.linux-x64", "Microsoft.AspNetCore.App.Runtime.linux-x64"];
        return list.Replace(Start, Start + string.Concat(parts.Select(part =>
            $"    \"runtimepack.{part}/{runtime}\": {{\n      \"type\": \"runtimepack\",\n      \"serviceable\": false,\n      \"sha512\": \"\"\n    }},\n")), StringComparison.Ordinal);
    }

    /// <summary>CycloneDX (https://cyclonedx.org/docs/1.6/json/), with all that is locked but what only the compiler uses, and the runtime.</summary>
    private static void AssertListsEveryPackage(JsonElement bom)
    {
        Assert.Equal(("CycloneDX", "1.6", 1), (bom.GetProperty("bomFormat").GetString(), bom.GetProperty("specVersion").GetString(), bom.GetProperty("version").GetInt32()));
        Assert.True(DateTimeOffset.TryParse(bom.GetProperty("metadata").GetProperty("timestamp").GetString(), CultureInfo.InvariantCulture, out _));
        JsonElement program = bom.GetProperty("metadata").GetProperty("component");
        Assert.Equal(("application", "collector"), (program.GetProperty("type").GetString(), program.GetProperty("name").GetString()));
        JsonElement[] components = [.. bom.GetProperty("components").EnumerateArray()];
        JsonElement locked = JsonDocument.Parse(File.ReadAllText(RepositoryRoot.Combine("collector", "App", $"packages.{Ours}.lock.json"))).RootElement.GetProperty("dependencies").GetProperty("net10.0");

        (string, string, string)[] expected =
        [
            .. locked.EnumerateObject().Where(package => package.Value.GetProperty("type").GetString() != "Project" && !package.Name.EndsWith("Analyzers", StringComparison.Ordinal) && package.Name is not "Meziantou.Analyzer")
                .Select(package => (package.Name, package.Value.GetProperty("resolved").GetString()!, Hexadecimal(package.Value.GetProperty("contentHash").GetString()!))),
        ];
        Assert.Equal(
            expected.Order(),
            components.Where(component => component.GetProperty("type").GetString() == "library")
                .Select(component => (component.GetProperty("name").GetString()!, component.GetProperty("version").GetString()!, component.GetProperty("hashes")[0].GetProperty("content").GetString()!)).Order());
        Assert.Equal(
            [$"Microsoft.AspNetCore.App.Runtime.{Ours}", $"Microsoft.NETCore.App.Runtime.{Ours}"],
            components.Where(component => component.GetProperty("type").GetString() == "framework").Select(component => component.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(components, component => Assert.Equal(
            $"pkg:nuget/{component.GetProperty("name").GetString()}@{component.GetProperty("version").GetString()}", component.GetProperty("purl").GetString()));
        JsonElement yaml = components.Single(component => component.GetProperty("name").GetString() == "YamlDotNet");
        Assert.Equal("MIT", yaml.GetProperty("licenses")[0].GetProperty("license").GetProperty("id").GetString());
        JsonElement[] edges = [.. bom.GetProperty("dependencies").EnumerateArray()];
        string[] references = [.. components.Append(program).Select(component => component.GetProperty("bom-ref").GetString()!).Order(StringComparer.Ordinal)];
        Assert.Equal(references, edges.Select(edge => edge.GetProperty("ref").GetString()!).Order(StringComparer.Ordinal));
        Assert.Subset(references.ToHashSet(StringComparer.Ordinal), edges.SelectMany(edge => edge.GetProperty("dependsOn").EnumerateArray()).Select(on => on.GetString()!).ToHashSet(StringComparer.Ordinal));
        Assert.Contains(yaml.GetProperty("bom-ref").GetString(), edges.Single(edge => edge.GetProperty("ref").GetString() == "collector").GetProperty("dependsOn").EnumerateArray().Select(on => on.GetString()));
    }

    private static string Hexadecimal(string base64) => Convert.ToHexStringLower(Convert.FromBase64String(base64));

    [GeneratedRegex("<LeastRuntimeVersion>(?<version>[0-9.]+)</LeastRuntimeVersion>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Least();
}
