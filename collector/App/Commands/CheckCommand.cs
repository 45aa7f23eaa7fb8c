using System.CommandLine;
using Collector.App.Doctor;
using Collector.Capabilities;

namespace Collector.App.Commands;

/// <summary><c>collector check</c>: the configuration and the schema files, without a socket.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var command = new ExplainedCommand(
            "check",
            "Check the configuration and the schema files; tell all faults at once.",
            """
            Reads the file, the environment variables that override it, and the schema files. Opens no socket and no database:
            fit for a build. Each fault comes with file, line and column. Warnings, such as a certificate that has expired, are
            none.

            Example:
              collector check --config collector.yaml && systemctl restart collector

            Exit codes: 0 no faults; 2 faults.
            """);
        command.SetAction((config, arguments, _) => Task.FromResult(Check(config, arguments)));
        return command;
    }

    private static int Check(CollectorConfig config, ParseResult arguments)
    {
        string file = arguments.GetRequiredValue(ConfigOption.Instance);
        TextWriter output = arguments.InvocationConfiguration.Output;
        foreach (string warning in config.Tables.Select(table => table.Warning).OfType<string>().Concat(CertificateChecks.Warnings(config.Options.Http.Tls, config.Gateway?.Tls, TimeProvider.System.GetUtcNow())))
        {
            output.WriteLine($"{file}: warning: {warning}");
        }

        output.WriteLine($"{file}: no faults. {config.Sources.Count} sources, {config.Tables.Count} tables, store {config.Options.Store.Type.ToString().ToLowerInvariant()}.");
        return ExitCode.Success;
    }
}
