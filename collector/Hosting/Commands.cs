using System.Collections;
using System.CommandLine;
using System.CommandLine.Invocation;
using System.Net.Sockets;
using Collector.Configuration;
using Collector.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Serilog.Core;

namespace Collector.Hosting;

/// <summary>The command line.</summary>
internal static class Commands
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int BadConfiguration = 2;

    private static readonly Option<string> Config = new("--config", "-c")
    {
        Description = "The configuration file.",
        DefaultValueFactory = _ => "collector.yaml",
        HelpName = "FILE",
    };

    public static RootCommand Root()
    {
        var run = new Command("run", "Collect until SIGTERM or Ctrl+C; what is left is then delivered for at most delivery.shutdown_timeout.") { Config };
        run.SetAction(arguments => RunAsync(arguments.GetValue(Config)!, arguments.InvocationConfiguration));
        var check = new Command("check", "Check the configuration and the schema files; tell all faults at once. Opens no socket.") { Config };
        check.SetAction(arguments => Check(arguments.GetValue(Config)!, arguments.InvocationConfiguration));
        var plan = new Command("plan", "Tell what differs between the schema files and the store. Changes nothing.") { Config };
        plan.SetAction((arguments, cancellation) => SchemaAsync(SchemaCommand.PlanAsync, arguments, cancellation));
        var apply = new Command("apply", "Make missing tables and columns, set TTLs and keys: all that loses no row. Says what has to be done by hand.") { Config };
        apply.SetAction((arguments, cancellation) => SchemaAsync(SchemaCommand.ApplyAsync, arguments, cancellation));
        var schema = new Command("schema", "Hold the schema files against the store.") { plan, apply };
        return new RootCommand("Watches a trading operation: takes readings, keeps them on disk until the database has them, shows them at /metrics.\n\nExit codes: 0 done, 1 failed, 2 bad configuration or command line.")
        {
            run,
            check,
            schema,
        };
    }

    private static async Task<int> SchemaAsync(
        Func<CollectorConfig, TextWriter, CancellationToken, Task<int>> command, ParseResult arguments, CancellationToken cancellationToken)
    {
        InvocationConfiguration console = arguments.InvocationConfiguration;
        return Load(arguments.GetValue(Config)!, console.Error) is { } config
            ? await command(config, console.Output, cancellationToken)
            : BadConfiguration;
    }

    /// <summary>Does what the command line says, and returns the exit code.</summary>
    public static async Task<int> InvokeAsync(IReadOnlyList<string> arguments)
    {
        ParseResult parsed = Root().Parse(arguments);
        // Signals are the host's to heed, which takes as long as delivery.shutdown_timeout; the library would end the process after 2 s.
        int code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parsed.Action is ParseErrorAction ? BadConfiguration : code;
    }

    private static int Check(string file, InvocationConfiguration console)
    {
        if (Load(file, console.Error) is not { } config)
        {
            return BadConfiguration;
        }

        foreach (string warning in config.Tables.Select(table => table.Warning).OfType<string>())
        {
            console.Output.WriteLine($"{file}: warning: {warning}");
        }

        console.Output.WriteLine($"{file}: no faults. {config.Sources.Count} sources, {config.Tables.Count} tables, store {config.Options.Store.Type.ToString().ToLowerInvariant()}.");
        return Success;
    }

    private static async Task<int> RunAsync(string file, InvocationConfiguration console)
    {
        if (Load(file, console.Error) is not { } config)
        {
            return BadConfiguration;
        }

        await using Logger logger = LogSetup.Create(config.Options.Log);
        try
        {
            await using WebApplication app = CollectorHost.Build(config, logger);
            await ListenAsync(app, config.Options.Http.Listen);
            await app.WaitForShutdownAsync(CancellationToken.None);
            return Success;
        }
        catch (Exception exception) when (exception is SourceSetupException or IOException or UnauthorizedAccessException or SqliteException)
        {
            await console.Error.WriteLineAsync($"The collector cannot start: {exception.Message}");
            return exception is SourceSetupException ? BadConfiguration : Failure;
        }
    }

    /// <summary>Starts; what can fail in that is the listener, and nothing is read before it is there.</summary>
    private static async Task ListenAsync(WebApplication app, HostPort listen)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new IOException($"Another program listens at {listen} already. End it, or choose another address with http.listen.", exception);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            throw new IOException($"It cannot listen at {listen} (http.listen): {exception.Message}", exception);
        }
    }

    /// <returns>Null when there are faults, which have been written.</returns>
    private static CollectorConfig? Load(string file, TextWriter error)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal);
        var config = CollectorConfig.Load(file, environment);
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
