using System.CommandLine;
using System.CommandLine.Invocation;

namespace Collector.Hosting.Commands;

/// <summary>The command line. A command is a file beside this one and a line in <see cref="Root"/>.</summary>
internal static class CommandLine
{
    public static RootCommand Root() => new("Watches a trading operation: takes readings, keeps them on disk until the database has them, shows them at /metrics.\n\nExit codes: 0 done, 1 failed, 2 bad configuration or command line.")
    {
        RunCommand.Create(),
        CheckCommand.Create(),
        SchemaCommand.Create(),
        SpoolCommand.Create(TimeProvider.System),
    };

    /// <summary>Does what the command line says, and returns the exit code.</summary>
    public static async Task<int> InvokeAsync(IReadOnlyList<string> arguments)
    {
        ParseResult parsed = Root().Parse(arguments);
        // Signals are the host's to heed, which takes as long as delivery.shutdown_timeout; the library would end the process after 2 s.
        int code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parsed.Action is ParseErrorAction ? ExitCode.BadConfiguration : code;
    }
}
