using Collector.Capabilities;
using Collector.Pipe.Delivery;
using Collector.Pipe.Replay;
using Collector.Pipe.Spool;
using Collector.Settings.Logging;
using Serilog.Core;
using Serilog.Extensions.Logging;

namespace Collector.App.Commands;

/// <summary>Sees to it that requests are taken: by the collector if one runs, else here.</summary>
internal static class ReplayHandover
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<int> TakeAsync(SpoolCall call, IReadOnlyList<string> handed, CancellationToken cancellation)
    {
        CollectorOptions options = call.Config.Options;
        await using Logger logger = LogSetup.Create(options.Log with { Level = Serilog.Events.LogEventLevel.Warning });
        using var loggers = new SerilogLoggerFactory(logger);
        try
        {
            using var spool = SpoolDirectory.Open(options.Spool, call.Clock, loggers.CreateLogger(nameof(SpoolDirectory)));
            var quarantine = new Quarantine(call.QuarantineFolder, options.Quarantine, call.Clock, new Microsoft.Extensions.Logging.Logger<Quarantine>(loggers));
            return Tell(call, new Replayer(spool, quarantine, call.Config.Tables, call.Clock, new Microsoft.Extensions.Logging.Logger<Replayer>(loggers)).TakeAll());
        }
        catch (SpoolInUseException)
        {
            return await WaitAsync(call, handed, cancellation);
        }
    }

    private static int Tell(SpoolCall call, IReadOnlyList<ReplayOutcome> outcomes)
    {
        foreach (ReplayOutcome waiting in outcomes.Where(outcome => outcome.Waits is not null))
        {
            call.Error.WriteLine($"{waiting.Table?.Name ?? waiting.Name}: not yet, since {waiting.Waits}. The collector takes it when it can.");
        }

        call.Output.WriteLine($"{outcomes.Sum(outcome => outcome.Replayed)} rows are in the spool again; the collector delivers them when it runs.");
        int code = TellRefused(call, outcomes.Sum(outcome => outcome.Refused));
        return outcomes.Any(outcome => outcome.Waits is not null) ? ExitCode.Failure : code;
    }

    /// <summary>Ending the wait takes nothing back: what was handed over is on disk.</summary>
    private static async Task<int> WaitAsync(SpoolCall call, IReadOnlyList<string> handed, CancellationToken cancellation)
    {
        long began = call.Clock.GetTimestamp();
        while (handed.Any(IsWaiting))
        {
            if (cancellation.IsCancellationRequested || call.Clock.GetElapsedTime(began) > Patience)
            {
                return call.Fail($"Handed over and not taken yet; the collector's log says why. What waits is in {Path.GetDirectoryName(handed[0])}.");
            }

            await Task.Delay(Pause, call.Clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        call.Output.WriteLine("The running collector has taken them.");
        return TellRefused(call, Refused(call.QuarantineFolder, [.. handed.Select(path => Path.GetFileNameWithoutExtension(path))]));
    }

    /// <summary>Entries that these replays brought back.</summary>
    private static int Refused(string quarantine, HashSet<string> replays) => QuarantineFile.Tables(quarantine)
        .Sum(table => QuarantineFile.Read(quarantine, table).Count(kept => kept.Entry.Replay is { } replay && replays.Contains(replay)));

    private static int TellRefused(SpoolCall call, int refused)
    {
        if (refused > 0)
        {
            call.Output.WriteLine($"{refused} still do not fit and are in quarantine with the new reason.");
        }

        return refused > 0 ? ExitCode.Failure : ExitCode.Success;
    }

    private static bool IsWaiting(string request) =>
        File.Exists(request) || File.Exists(Path.ChangeExtension(request, ReplayFolder.RowsExtension));
}
