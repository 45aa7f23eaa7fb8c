using System.CommandLine;
using Collector.Capabilities;
using Collector.Pipe.Spool;
using Collector.Settings.Files;

namespace Collector.App.Commands;

/// <summary><c>collector spool export</c>: rows out of the spool into a file that any line-protocol client can send.</summary>
internal static class SpoolExportCommand
{
    public static Command Create(TimeProvider clock)
    {
        Argument<string?> table = SpoolCall.TableArgument();
        var all = new Option<bool>("--all") { Description = "All tables." };
        var quarantine = new Option<bool>("--quarantine") { Description = "The rows in quarantine, each with its reason as a comment: to be edited, and given to `collector spool replay`." };
        var aside = new Option<bool>("--set-aside") { Description = "What can be read of the segments that were set aside." };
        var pending = new Option<bool>("--pending-only") { Description = "Of the spool's rows only those that are not delivered." };
        var binary = new Option<bool>("--binary") { Description = "Doubles as they are, in binary (version 2); else as digits, which any client takes." };
        var file = new Option<string>("--output", "-o") { Description = "The file to make; - is the standard output.", Required = true, HelpName = "FILE" };
        return new ExplainedCommand(
            "export",
            "Write rows as line protocol; the spool keeps them.",
            """
            Only reads, and takes no lock: also while a collector runs.

            Examples:
              collector spool export --all --pending-only -o rows.ilp && curl --data-binary @rows.ilp http://127.0.0.1:9000/write
              collector spool export daemon_metrics --quarantine -o bad.ilp

            Exit codes: 0 done; 1 the file or the spool refuses; 2 no such table, bad configuration or command line.
            """)
        {
            table, all, quarantine, aside, pending, binary, file,
        }.Acting(clock, async (call, cancellation) =>
        {
            string? name = call.Arguments.GetValue(table);
            if (name is null != call.Arguments.GetValue(all))
            {
                await call.Error.WriteLineAsync("Name a table, or give --all.");
                return ExitCode.BadConfiguration;
            }

            var wanted = new ExportWish(
                name, call.Arguments.GetValue(quarantine), call.Arguments.GetValue(aside), call.Arguments.GetValue(pending), call.Arguments.GetValue(binary));
            return await ExportAsync(call, wanted, call.Arguments.GetRequiredValue(file), cancellation);
        });
    }

    private static async Task<int> ExportAsync(SpoolCall call, ExportWish wanted, string file, CancellationToken cancellation)
    {
        if (file == "-")
        {
            await using Stream output = Console.OpenStandardOutput();
            return Export(call, wanted, output, cancellation) is { } sent ? Told(call.Error, sent, "the standard output") : ExitCode.BadConfiguration;
        }

        if (File.Exists(file))
        {
            return call.Fail($"{file} is there already; name another file.");
        }

        // Under its own name only when it is whole.
        string unfinished = file + ".unfinished";
        RowExport? written;
        try
        {
            await using (FileStream output = File.Create(unfinished))
            {
                written = Export(call, wanted, output, cancellation);
                if (written is null)
                {
                    return ExitCode.BadConfiguration;
                }

                output.Flush(flushToDisk: true);
            }

            WholeFile.Place(unfinished, file);
            return Told(call.Output, written, file);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static int Told(TextWriter output, RowExport written, string where)
    {
        output.WriteLine($"{written.Rows} rows written to {where}.");
        if (written.Binary > 0)
        {
            output.WriteLine($"{written.Binary} of them hold a value that has no text, and are written in binary.");
        }

        return ExitCode.Success;
    }

    /// <returns>Null when the table is not there, which has been told.</returns>
    private static RowExport? Export(SpoolCall call, ExportWish wanted, Stream output, CancellationToken cancellation)
    {
        var export = new RowExport(output, wanted.IsBinary);
        if (wanted.Quarantine)
        {
            if (call.Quarantined(wanted.Table) is not { } quarantined)
            {
                return null;
            }

            export.WriteQuarantine(call.QuarantineFolder, quarantined, cancellation);
        }

        if (wanted.SetAside || !wanted.Quarantine)
        {
            if (call.Tables(call.Look(), wanted.Table) is not { } tables)
            {
                return null;
            }

            using ProgressLine progress = call.Progress(tables.Sum(table => Files(table, wanted).Sum(path => new FileInfo(path) is { Exists: true } found ? found.Length : 0)));
            foreach (TableView table in tables)
            {
                foreach (string path in Files(table, wanted))
                {
                    export.WriteSegment(path, wanted.SetAside ? new DeliveredIds(1) : table.Delivered, wanted.PendingOnly, cancellation);
                    progress.Advance(new FileInfo(path) is { Exists: true } found ? found.Length : 0);
                }
            }
        }

        return export;
    }

    private static IReadOnlyList<string> Files(TableView table, ExportWish wanted) => wanted.SetAside ? table.SetAside : table.Segments;

    private sealed record ExportWish(string? Table, bool Quarantine, bool SetAside, bool PendingOnly, bool IsBinary);
}
