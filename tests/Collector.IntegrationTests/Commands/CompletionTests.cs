using Collector.IntegrationTests.Pipeline;
using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Commands;

/// <summary>Completion as a real bash does it, with the script that the program prints.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("collector sch", "schema")]
    [InlineData("collector schema ", "apply plan")]
    [InlineData("collector copy --d", "--dry-run")]
    [InlineData("collector nothing", "")]
    public async Task Bash_TabBehindTheLine_Completes(string line, string expected)
    {
        ShellScripts.WriteProgram(_folder.Combine("collector"), $"exec dotnet '{RepositoryRoot.Program("collector/App", "collector")}' \"$@\"");
        string script = $$"""
            PATH={{_folder.Path}}:$PATH
            source <(collector completion bash)
            complete -p collector >/dev/null || exit 9
            COMP_LINE='{{line}}' COMP_POINT={{line.Length}}
            IFS=' ' read -ra COMP_WORDS <<<"$COMP_LINE"
            [[ $COMP_LINE != *' ' ]] || COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _collector
            echo "${COMPREPLY[*]}"
            """;

        await using ChildProcess bash = await ChildProcess.RunAsync("bash", ["-c", script], CollectorProcess.Soon);

        Assert.Equal((0, expected, ""), (bash.ExitCode, bash.Output, bash.ErrorOutput));
    }

    [Fact]
    public async Task Completion_OfAnotherShell_EndsWithTwo()
    {
        await using ChildProcess call = await CollectorCommand.RunAsync("completion", "cmd");

        Assert.Equal(2, call.ExitCode);
        Assert.Contains("bash", call.ErrorOutput, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
