using System.CommandLine;
using System.CommandLine.Invocation;
using Collector.Capabilities;
using Collector.Settings.Logging;

namespace Collector.App.Commands;

/// <summary>The command line. A command is a file beside this one and a line in <see cref="Root()"/>.</summary>
internal static class CommandLine
{
    public static RootCommand Root() => Root(CapabilityList.All);

    public static RootCommand Root(IReadOnlyList<Capability> capabilities)
    {
        var root = new RootCommand("Watches a trading operation: takes readings, keeps them on disk until the database has them, shows them at /metrics.")
        {
            RunCommand.Create(),
            CheckCommand.Create(),
            DoctorCommand.Create(),
            HealthCommand.Create(),
            SchemaCommand.Create(),
            CopyCommand.Create(),
            SpoolCommand.Create(TimeProvider.System),
            CompletionCommand.Create(),
        };
        foreach (CapabilityCommand own in capabilities.SelectMany(capability => capability.Commands))
        {
            own.Command.SetAction((config, arguments, cancellation) => own.Run(config.Installation, config.Sections, arguments, cancellation), capabilities);
            root.Subcommands.Add(own.Command);
        }

        ExplainedCommand.ExplainBy(root, """
            A first run:
              collector check --config collector.yaml      all faults of the configuration at once
              collector doctor --config collector.yaml     is everything it needs in order?
              collector run --config collector.yaml        collects until SIGTERM or Ctrl+C

            Exit codes: 0 done, 1 failed, 2 bad configuration or command line.
            """);
        return root;
    }

    /// <summary>Does what the command line says, and returns the exit code.</summary>
    public static async Task<int> InvokeAsync(IReadOnlyList<string> arguments)
    {
        ParseResult parsed = Root().Parse(arguments);
        // Signals are the host's to heed, which takes as long as delivery.shutdown_timeout; the library would end the process after 2 s.
        int code = await parsed.InvokeAsync(new InvocationConfiguration
        {
            ProcessTerminationTimeout = null,
            Output = new VisibleWriter(Console.Out),
            Error = new VisibleWriter(Console.Error),
        });
        return parsed.Action is ParseErrorAction ? ExitCode.BadConfiguration : code;
    }
}
