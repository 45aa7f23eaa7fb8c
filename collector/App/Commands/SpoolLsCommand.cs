using System.CommandLine;
using System.Globalization;
using Collector.Capabilities;
using Collector.Pipe.Replay;
using Collector.Pipe.Spool;

namespace Collector.App.Commands;

/// <summary><c>collector spool ls</c>: what each table has on disk.</summary>
internal static class SpoolLsCommand
{
    public static Command Create(TimeProvider clock)
    {
        var json = new Option<bool>("--json") { Description = "As one JSON object, with times and plain bytes." };
        return new ExplainedCommand(
            "ls",
            "What each table has on disk, how full the spool is, what was set aside.",
            """
            Only reads, and takes no lock: also while a collector runs.

            Examples:
              collector spool ls
              collector spool ls --json | jq '.tables[] | select(.pending_rows > 0)'

            Exit codes: 0 done; 1 the spool cannot be read; 2 bad configuration or command line.
            """)
        {
            json,
        }.Acting(clock, (call, cancellation) => Task.FromResult(List(call, call.Arguments.GetValue(json), cancellation)));
    }

    private static int List(SpoolCall call, bool asJson, CancellationToken cancellation)
    {
        SpoolView spool = call.Look();
        SpoolListing listing;
        using (ProgressLine progress = call.Progress(spool.Tables.Sum(table => table.Segments.Sum(path => new FileInfo(path) is { Exists: true } file ? file.Length : 0))))
        {
            listing = SpoolListing.Of(spool, call.Config.Options, call.QuarantineFolder, progress.Advance, cancellation);
        }

        if (asJson)
        {
            call.Output.WriteLine(listing.ToJson());
            return ExitCode.Success;
        }

        Write(call, listing);
        return ExitCode.Success;
    }

    private static void Write(SpoolCall call, SpoolListing listing)
    {
        DateTimeOffset now = call.Clock.GetUtcNow();
        List<string[]> rows = [["table", "segments", "size", "records", "pending", "delivered", "oldest", "newest", "set aside", "quarantined"]];
        rows.AddRange(listing.Tables.Select(table => Row(table, now)));
        rows.Add(Row(Total(listing), now));
        TextTable.Write(call.Output, rows);
        call.Output.WriteLine();
        call.Output.WriteLine($"spool       {listing.Directory}, {Share(listing.Bytes, listing.MaxBytes)} (spool.max_bytes)");
        call.Output.WriteLine($"quarantine  {call.QuarantineFolder}, {Share(listing.QuarantineBytes, listing.QuarantineMaxBytes)} (quarantine.max_bytes)");
        if (listing.WaitingReplays > 0)
        {
            call.Output.WriteLine($"replays     {listing.WaitingReplays} wait for the collector, in {Path.Combine(listing.Directory, ReplayFolder.Name)}");
        }

        call.Output.WriteLine(listing.CollectorPid is { } pid ? $"collector   runs as process {pid}" : "collector   none runs on it");
    }

    private static TableListing Total(SpoolListing listing)
    {
        IReadOnlyList<TableListing> all = listing.Tables;
        return new TableListing(
            "total", all.Sum(table => table.Segments), listing.Bytes, all.Sum(table => table.Records), all.Sum(table => table.PendingRows),
            all.Sum(table => table.DeliveredRows), all.Min(table => table.Oldest), all.Max(table => table.Newest),
            all.Sum(table => table.SetAsideFiles), all.Sum(table => table.SetAsideBytes), all.Sum(table => table.QuarantinedRows), listing.QuarantineBytes);
    }

    private static string[] Row(TableListing table, DateTimeOffset now) =>
    [
        table.Table, Number(table.Segments), TextTable.Size(table.Bytes), Number(table.Records), Number(table.PendingRows), Number(table.DeliveredRows),
        table.Oldest is { } oldest ? TextTable.Age(now - oldest) : "-", table.Newest is { } newest ? TextTable.Age(now - newest) : "-",
        Number(table.SetAsideFiles), table.QuarantinedRows == 0 ? "0" : $"{table.QuarantinedRows} ({TextTable.Size(table.QuarantineBytes)})",
    ];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Share(long bytes, long of) =>
        string.Create(CultureInfo.InvariantCulture, $"{TextTable.Size(bytes)} of {TextTable.Size(of)}, {(of == 0 ? 0 : 100.0 * bytes / of):0.0} %");
}
