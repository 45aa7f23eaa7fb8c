using System.CommandLine;

namespace Collector.App.Commands;

/// <summary><c>collector spool</c>: a look into the rows on disk, and the ways to bring them back.</summary>
internal static class SpoolCommand
{
    public static Command Create(TimeProvider clock) =>
        new("spool", "Look into the rows that wait on disk, or were set aside; also while a collector runs.")
        {
            SpoolLsCommand.Create(clock),
            SpoolInspectCommand.Create(clock),
            SpoolVerifyCommand.Create(clock),
            SpoolExportCommand.Create(clock),
            SpoolReplayCommand.Create(clock),
        };

    /// <summary>Lets a command act on the spool of the configuration. Ctrl+C ends it in order; what the disk refuses is told in one sentence.</summary>
    public static Command Acting(this Command command, TimeProvider clock, Func<SpoolCall, CancellationToken, Task<int>> action)
    {
        command.SetAction(async (config, arguments, cancellation) =>
        {
            using var signals = new Interruption(cancellation);
            var call = new SpoolCall(config, arguments, clock);
            try
            {
                return await action(call, signals.Token);
            }
            catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
            {
                return call.Fail("Ended before it was done.");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return call.Fail(exception.Message);
            }
        });
        return command;
    }
}
