using System.Buffers;
using System.CommandLine;
using Collector.Capabilities;
using Collector.Lines;
using Collector.Pipe.Delivery;
using Collector.Pipe.Spool;
using Collector.Settings.Logging;

namespace Collector.App.Commands;

/// <summary><c>collector spool inspect</c>: a table's rows in words.</summary>
internal static class SpoolInspectCommand
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

    public static Command Create(TimeProvider clock)
    {
        var table = new Argument<string>("TABLE") { Description = "The table." };
        var segment = new Option<ulong?>("--segment") { Description = "One segment only: the number in its file's name.", HelpName = "N" };
        var limit = new Option<int>("--limit") { Description = "Rows to show, the oldest first.", DefaultValueFactory = _ => 20, HelpName = "N" };
        var quarantine = new Option<bool>("--quarantine") { Description = "The table's rows in quarantine, with their reasons." };
        return new ExplainedCommand(
            "inspect",
            "Show the rows of a table as text.",
            """
            Each record with its number, time and checksum, and whether it is delivered; or, with --quarantine, each bad row with
            its reason. Only reads, and takes no lock: also while a collector runs.

            Examples:
              collector spool inspect daemon_metrics --limit 5
              collector spool inspect daemon_metrics --quarantine

            Exit codes: 0 done; 1 the spool cannot be read; 2 no such table, bad configuration or command line.
            """)
        {
            table, segment, limit, quarantine,
        }.Acting(clock, (call, cancellation) =>
        {
            string name = call.Arguments.GetRequiredValue(table);
            int rows = call.Arguments.GetValue(limit);
            return Task.FromResult(call.Arguments.GetValue(quarantine)
                ? ShowQuarantine(call, name, rows)
                : ShowSegments(call, name, call.Arguments.GetValue(segment), rows, cancellation));
        });
    }

    private static int ShowSegments(SpoolCall call, string table, ulong? segment, int limit, CancellationToken cancellation)
    {
        if (call.Tables(call.Look(), table) is not [var view])
        {
            return ExitCode.BadConfiguration;
        }

        string[] paths = [.. view.Segments.Where(path => segment is null || Path.GetFileName(path) == SegmentFormat.FileName(segment.Value))];
        if (segment is not null && paths.Length == 0)
        {
            return call.Fail($"{table} has no segment {segment}; `collector spool verify {table}` lists those there are.");
        }

        int left = limit;
        foreach (string path in paths.TakeWhile(_ => left > 0))
        {
            call.Output.WriteLine($"{table}/{Path.GetFileName(path)}");
            SegmentView.TryScan(path, view.Delivered, 0, (in VisitedRecord record) =>
            {
                cancellation.ThrowIfCancellationRequested();
                if (left > 0)
                {
                    left -= Show(call.Output, record, left);
                }
            });
        }

        return Done(call, left <= 0, limit);
    }

    /// <returns>The rows that were shown.</returns>
    private static int Show(TextWriter output, in VisitedRecord record, int limit)
    {
        RecordHead head = record.Head;
        output.WriteLine(
            $"  record {head.Id}  {TableListing.Time(head.AppendedMicros).ToString(TimeFormat)}  {head.Rows} rows  {head.Length} bytes  "
            + $"{(record.IsIntact ? "crc ok" : "crc WRONG")}  {(record.IsDelivered ? "delivered" : "pending")}");
        return record.IsIntact ? ShowRows(output, record.Payload.Span, limit) : 0;
    }

    private static int ShowRows(TextWriter output, ReadOnlySpan<byte> lines, int limit)
    {
        var text = new ArrayBufferWriter<byte>();
        int shown = 0;
        for (; shown < limit && lines.Length > 0; shown++)
        {
            text.ResetWrittenCount();
            lines = lines[LineReader.WriteText(lines, text, out _)..];
            output.WriteLine("    " + VisibleText.Of(text.WrittenSpan.TrimEnd((byte)'\n'), int.MaxValue - 4));
        }

        return shown;
    }

    private static int ShowQuarantine(SpoolCall call, string table, int limit)
    {
        if (call.Quarantined(table) is null)
        {
            return ExitCode.BadConfiguration;
        }

        int left = limit;
        foreach (QuarantinedEntry kept in QuarantineFile.Read(call.QuarantineFolder, table).TakeWhile(_ => left-- > 0))
        {
            QuarantineEntry entry = kept.Entry;
            call.Output.WriteLine($"entry {kept.Id}  {entry.Time.UtcDateTime.ToString(TimeFormat)}  {Origin(entry)}{(entry.Rows > 1 ? $"  {entry.Rows} times" : "")}");
            call.Output.WriteLine($"    reason: {VisibleText.Of(entry.Reason, 4 * VisibleText.MaxBytes)}{(entry.ErrorId is null ? "" : $"  errorId: {entry.ErrorId}")}");
            ShowRows(call.Output, entry.Bytes, 1);
            if (entry.Cut is { } cut)
            {
                call.Output.WriteLine($"    {cut.Message}  sha256: {entry.Sha256}");
            }
        }

        return Done(call, left < 0, limit);
    }

    /// <summary>Where a row came from, in words.</summary>
    public static string Origin(QuarantineEntry entry) => entry.Record is { } record
        ? $"record {record} row {entry.Row}"
        : $"refused from {entry.Source ?? "an unknown source"}";

    private static int Done(SpoolCall call, bool isCut, int limit)
    {
        if (isCut)
        {
            call.Output.WriteLine($"The first {limit} rows; --limit shows more.");
        }

        return ExitCode.Success;
    }
}
