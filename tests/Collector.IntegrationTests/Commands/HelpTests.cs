using Collector.App.Commands;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Commands;

public sealed class HelpTests
{
    /// <summary>Every command there is, found and not listed: a new one without an example or exit codes is missed.</summary>
    [Fact]
    public void Help_OfEveryCommand_HasAnExampleAndExitCodes()
    {
        string[][] commands = [.. CommandLine.Root().Subcommands.SelectMany(command => command.Subcommands.Count == 0
            ? (string[][])[[command.Name]]
            : [.. command.Subcommands.Select(inner => (string[])[command.Name, inner.Name])])];

        Assert.True(commands.Length >= 7);
        Assert.All(commands, command =>
        {
            using var output = new StringWriter();
            CommandLine.Root().Parse([.. command, "--help"]).Invoke(new System.CommandLine.InvocationConfiguration { Output = output });
            Assert.Contains($"  collector {string.Join(' ', command)}", output.ToString(), StringComparison.Ordinal);
            Assert.Contains("Example", output.ToString(), StringComparison.Ordinal);
            Assert.Contains("Exit codes: 0 ", output.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Version_IsPrintedAlone()
    {
        await using ChildProcess call = await CollectorCommand.RunAsync("--version");

        Assert.Equal(0, call.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+(\+[0-9a-f]+)?$", call.Output);
    }
}
