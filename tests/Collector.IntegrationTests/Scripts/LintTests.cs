using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Scripts;

public sealed class LintTests
{
    [SkippableFact]
    public async Task Shellcheck_AllScripts_FindsNothing()
    {
        Skip.IfNot(ShellScripts.Has("shellcheck"), "shellcheck is not installed");

        await using ChildProcess lint =
            await ChildProcess.RunAsync("shellcheck", ["-x", .. ShellScripts.All, .. ShellScripts.Posix], ShellScripts.Soon);

        Assert.True(lint.ExitCode == 0, lint.Output);
    }

    [Fact]
    public async Task Bash_AllScripts_ParsesThem()
    {
        foreach (string script in ShellScripts.All)
        {
            await using ChildProcess parse = await ChildProcess.RunAsync("bash", ["-n", script], ShellScripts.Soon);
            Assert.True(parse.ExitCode == 0, parse.Output);
        }
    }

    [Fact]
    public async Task Sh_ScriptsOfImages_ParsesThem()
    {
        Assert.NotEmpty(ShellScripts.Posix);
        foreach (string script in ShellScripts.Posix)
        {
            await using ChildProcess parse = await ChildProcess.RunAsync("sh", ["-n", script], ShellScripts.Soon);
            Assert.True(parse.ExitCode == 0, parse.Output);
            string text = await File.ReadAllTextAsync(script);
            Assert.True(text.StartsWith("# shellcheck shell=sh\n", StringComparison.Ordinal) || (text.StartsWith("#!/bin/sh\n", StringComparison.Ordinal) && text.Contains("\nset -eu\n", StringComparison.Ordinal)), $"{script} is neither a library nor a strict program");
        }
    }

    [Fact]
    public void Programs_AllOfThem_AreExecutableAndStrict()
    {
        foreach (string script in ShellScripts.All.Where(file => Path.GetFileName(Path.GetDirectoryName(file)) is not "lib"))
        {
            Assert.True(File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute), $"{script} is not executable");
            Assert.Contains("set -euo pipefail\n", File.ReadAllText(script), StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task Yamllint_AllYaml_FindsNothing()
    {
        Skip.IfNot(ShellScripts.Has("yamllint"), "yamllint is not installed");
        Assert.Contains(RepositoryRoot.Combine("collector.yaml"), ShellScripts.Yaml, StringComparer.Ordinal);

        await using ChildProcess lint = await ChildProcess.RunAsync(
            "yamllint", ["--strict", "-c", RepositoryRoot.Combine(".yamllint"), .. ShellScripts.Yaml], ShellScripts.Soon);

        Assert.True(lint.ExitCode == 0, lint.Output);
    }

    [Theory]
    [InlineData("run.sh")]
    [InlineData("test.sh")]
    [InlineData("questdb.sh")]
    [InlineData("new-source.sh")]
    [InlineData("bench.sh")]
    [InlineData("secrets.sh")]
    [InlineData("healthcheck.sh")]
    [InlineData("publish.sh")]
    [InlineData("export.sh")]
    [InlineData("audit.sh")]
    public async Task Help_EachScript_IsPrinted(string name)
    {
        await using ChildProcess help =
            await ChildProcess.RunAsync("bash", [RepositoryRoot.Combine("scripts", name), "--help"], ShellScripts.Soon);

        Assert.Equal(0, help.ExitCode);
        Assert.Contains($"Usage: scripts/{name}", help.Output, StringComparison.Ordinal);
    }
}
