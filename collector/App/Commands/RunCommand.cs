using System.CommandLine;
using System.Net.Sockets;
using Collector.Capabilities;
using Collector.Capabilities.Gateway;
using Collector.Settings;
using Collector.Settings.Logging;
using Collector.Sources;
using Collector.Web.Listeners;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Serilog.Core;

namespace Collector.App.Commands;

/// <summary><c>collector run</c>: collects until it is told to stop.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var command = new ExplainedCommand(
            "run",
            "Collect until SIGTERM or Ctrl+C.",
            """
            Reads the sources, keeps each row on disk, delivers it to the store, and shows the latest at /metrics. A store that
            is away stops nothing. On SIGTERM or Ctrl+C what is left is delivered for at most delivery.shutdown_timeout; the
            rest stays on disk for the next start.

            On SIGHUP the configuration is read and checked anew. One with faults is refused, with all of them in the log.
            Sources that it leaves as they were go on untouched; others stop and start, and what it names no more is retired.
            What needs a restart is named in the log. Not on Windows.

            Examples:
              collector run --config /etc/collector/collector.yaml
              kill -HUP "$(pidof collector)"                     reads the configuration anew
              COLLECTOR__STORE__TYPE=questdb collector run       a setting from the environment

            Exit codes: 0 stopped as told; 1 cannot start (the spool is in use, the port is taken); 2 bad configuration.
            """);
        command.SetAction((config, arguments, _) => RunAsync(config, arguments.InvocationConfiguration.Error), before: HasFiles);
        return command;
    }

    /// <summary>Before more of the program is loaded than this: with too few files that fails, too, and says nothing of use.</summary>
    private static int HasFiles(ParseResult arguments)
    {
        if (FileLimit.Problem(FileLimit.Read()) is not { } tooFew)
        {
            return ExitCode.Success;
        }

        arguments.InvocationConfiguration.Error.WriteLine($"The collector cannot start: {tooFew}");
        return ExitCode.Failure;
    }

    private static async Task<int> RunAsync(CollectorConfig config, TextWriter error)
    {
        await using Logger logger = LogSetup.Create(config.Options.Log);
        try
        {
            await using WebApplication app = CollectorHost.Build(config, logger);
            await ListenAsync(app, config.Options.Http.Listen);
            await app.WaitForShutdownAsync(CancellationToken.None);
            return ExitCode.Success;
        }
        catch (Exception exception) when (exception is SourceSetupException or IOException or UnauthorizedAccessException or SqliteException)
        {
            await error.WriteLineAsync($"The collector cannot start: {exception.Message}");
            return exception is SourceSetupException ? ExitCode.BadConfiguration : ExitCode.Failure;
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
        catch (Exception exception) when (exception is (IOException or SocketException) and not ListenException)
        {
            throw new IOException($"It cannot listen at {listen} (http.listen): {exception.Message} Choose an address of this machine and a port that {Environment.UserName} may take.", exception);
        }
    }
}
