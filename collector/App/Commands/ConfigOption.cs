using System.Collections;
using System.CommandLine;
using Collector.Capabilities;

namespace Collector.App.Commands;

/// <summary>The configuration file, which most commands begin with.</summary>
internal static class ConfigOption
{
    public static readonly Option<string> Instance = new("--config", "-c")
    {
        Description = "The configuration file.",
        DefaultValueFactory = _ => "collector.yaml",
        HelpName = "FILE",
    };

    /// <summary>Lets a command act on the configuration; one with faults ends it before that, with all of them told.</summary>
    /// <param name="capabilities">What the program can do. Default: all that there is.</param>
    /// <param name="before">Looked at before the configuration is read; other than 0 it ends the command.</param>
    public static void SetAction(
        this Command command, Func<CollectorConfig, ParseResult, CancellationToken, Task<int>> action,
        IReadOnlyList<Capability>? capabilities = null, Func<ParseResult, int>? before = null)
    {
        command.Options.Add(Instance);
        command.SetAction(async (arguments, cancellation) =>
        {
            if (before?.Invoke(arguments) is { } code and not ExitCode.Success)
            {
                return code;
            }

            return Load(arguments, capabilities ?? CapabilityList.All) is { } config
                ? await action(config, arguments, cancellation)
                : ExitCode.BadConfiguration;
        });
    }

    /// <returns>Null when there are faults, which have been written.</returns>
    private static CollectorConfig? Load(ParseResult arguments, IReadOnlyList<Capability> capabilities)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal);
        var config = CollectorConfig.Load(arguments.GetRequiredValue(Instance), environment, capabilities);
        TextWriter error = arguments.InvocationConfiguration.Error;
        foreach (string fault in config.Faults)
        {
            error.WriteLine(fault);
        }

        if (config.Faults.Count == 0)
        {
            return config;
        }

        error.WriteLine($"{config.Faults.Count} {(config.Faults.Count == 1 ? "fault" : "faults")}; nothing was started.");
        return null;
    }
}
