using System.CommandLine;
using Collector.Capabilities;
using Collector.Pipe.Delivery;
using Collector.Pipe.Replay;

namespace Collector.App.Commands;

/// <summary><c>collector spool replay</c>: rows that were set aside go into the pipeline again, once.</summary>
internal static class SpoolReplayCommand
{
    public static Command Create(TimeProvider clock)
    {
        var file = new Argument<string?>("FILE") { Description = "Corrected rows, as `collector spool export --quarantine` wrote them.", Arity = ArgumentArity.ZeroOrOne };
        var all = new Option<bool>("--all") { Description = "All rows in quarantine." };
        var table = new Option<string?>("--table") { Description = "Those of one table.", HelpName = "TABLE" };
        var reason = new Option<string?>("--reason") { Description = "Those whose reason holds this text.", HelpName = "TEXT" };
        var errorId = new Option<string?>("--error-id") { Description = "Those that QuestDB refused with this errorId.", HelpName = "ID" };
        var entry = new Option<string[]>("--entry") { Description = "Those of this name, as `inspect --quarantine` shows it; may be repeated.", HelpName = "NAME" };
        var aside = new Option<bool>("--set-aside") { Description = "What can be read of the segments that were set aside. It was saved when they were: only for what never arrived." };
        var twice = new Option<bool>("--may-double") { Description = "With --set-aside: also for tables without dedup keys, where a row that arrived before is there twice." };
        return new ExplainedCommand(
            "replay",
            "Put rows that were set aside back into the pipeline, each once.",
            """
            Those in quarantine, corrected or as they are. A running collector takes them over; else they are put into the spool at once.

            Examples:
              collector spool export --all --quarantine -o bad.ilp && $EDITOR bad.ilp && collector spool replay bad.ilp
              collector spool replay --all

            Exit codes: 0 all are in the pipeline again; 1 some are not: they still do not fit, or wait; 2 bad configuration or command line.
            """)
        {
            file, all, table, reason, errorId, entry, aside, twice,
        }.Acting(clock, (call, cancellation) =>
        {
            ParseResult given = call.Arguments;
            var selection = new ReplaySelection(
                given.GetValue(file), given.GetValue(table), given.GetValue(reason), given.GetValue(errorId), given.GetValue(entry) ?? [], given.GetValue(aside), given.GetValue(twice));
            if (selection.IsEmpty != given.GetValue(all))
            {
                call.Error.WriteLine("Say what to replay: a file, --table, --reason, --error-id, --entry, --set-aside, or --all alone.");
                return Task.FromResult(ExitCode.BadConfiguration);
            }

            return ReplayAsync(call, selection, cancellation);
        });
    }

    private static async Task<int> ReplayAsync(SpoolCall call, ReplaySelection selection, CancellationToken cancellation)
    {
        if (new ReplayPlan(call).Requests(selection, cancellation) is not { } requests)
        {
            return ExitCode.Failure;
        }

        if (requests.Count == 0)
        {
            return call.Fail("There is nothing to replay.");
        }

        string spool = call.Config.Options.Spool.Directory;
        var handed = new List<string>();
        string first = $"{(call.Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks:D20}-{Environment.ProcessId}";
        foreach ((string table, ReplayRequest request) in requests)
        {
            handed.Add(ReplayFolder.Hand(spool, table, $"{first}-{handed.Count:D6}", request));
        }

        return await ReplayHandover.TakeAsync(call, handed, cancellation);
    }
}

/// <summary>What the command line asks to replay.</summary>
internal sealed record ReplaySelection(string? File, string? Table, string? Reason, string? ErrorId, string[] Entries, bool SetAside, bool MayDouble)
{
    public bool IsEmpty => File is null && Table is null && Reason is null && ErrorId is null && Entries.Length == 0 && !SetAside;

    public bool Takes(QuarantinedEntry kept) =>
        (Table is null || kept.Table == Table)
        && (Reason is null || kept.Entry.Reason.Contains(Reason, StringComparison.OrdinalIgnoreCase))
        && (ErrorId is null || kept.Entry.ErrorId == ErrorId)
        && (Entries.Length == 0 || Entries.Contains(kept.Id, StringComparer.Ordinal));
}
