using System.CommandLine;
using Collector.Capabilities;
using Collector.Pipe.Spool;

namespace Collector.App.Commands;

/// <summary><c>collector spool verify</c>: reads all of it and tells what is damaged.</summary>
internal static class SpoolVerifyCommand
{
    public static Command Create(TimeProvider clock)
    {
        Argument<string?> table = SpoolCall.TableArgument();
        return new ExplainedCommand(
            "verify",
            "Read every byte of the spool, and tell what is damaged.",
            """
            Lengths, checksums, ids, footers: what is damaged, where, and what the collector will do about it at its next start.
            Changes nothing, and takes no lock: also while a collector runs.

            Example:
              collector spool verify daemon_metrics

            Exit codes: 0 all is sound; 1 something is damaged, or cannot be read; 2 no such table, bad configuration or command line.
            """)
        {
            table,
        }.Acting(clock, (call, cancellation) => Task.FromResult(Verify(call, call.Arguments.GetValue(table), cancellation)));
    }

    private static int Verify(SpoolCall call, string? table, CancellationToken cancellation)
    {
        SpoolView spool = call.Look();
        if (call.Tables(spool, table) is not { } tables)
        {
            return ExitCode.BadConfiguration;
        }

        var verdicts = new List<TableVerdict>();
        using (ProgressLine progress = call.Progress(tables.Sum(view => view.Segments.Sum(path => new FileInfo(path) is { Exists: true } file ? file.Length : 0))))
        {
            foreach (TableView view in tables)
            {
                verdicts.Add(TableVerdict.Of(view, spool.Holder is not null, read =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    progress.Advance(read.Segment.Bytes);
                }));
            }
        }

        foreach (TableVerdict verdict in verdicts)
        {
            Write(call.Output, verdict);
        }

        int damaged = verdicts.Sum(verdict => verdict.Segments.Count(segment => segment.IsDamaged) + verdict.Findings.Count);
        int segments = verdicts.Sum(verdict => verdict.Segments.Count);
        call.Output.WriteLine(damaged == 0 ? $"{segments} segments, all sound." : $"{segments} segments, {damaged} findings. Nothing was changed.");
        return damaged == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static void Write(TextWriter output, TableVerdict verdict)
    {
        foreach (SegmentVerdict segment in verdict.Segments)
        {
            SegmentTotals totals = segment.Segment.Totals;
            output.WriteLine(
                $"{(segment.IsDamaged ? '!' : ' ')} {verdict.Table}/{segment.Segment.Name}  {totals.Records} records, {totals.Rows} rows  {(segment.IsDamaged ? "damaged" : "ok")}");
            foreach (string finding in segment.Findings)
            {
                output.WriteLine($"    {finding}");
            }

            if (segment.Then is { } then)
            {
                output.WriteLine($"    then: {then}");
            }
        }

        foreach (string finding in verdict.Findings)
        {
            output.WriteLine($"! {verdict.Table}/{finding}");
        }
    }
}
