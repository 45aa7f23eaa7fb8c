using System.Text.Json.Serialization;
using Collector.Web.Exposition;

namespace Collector.Capabilities.Status;

/// <summary>How grave something is.</summary>
public enum Severity
{
    /// <summary>Rows are lost, wait without end, or are not shown.</summary>
    [JsonStringEnumMemberName("critical")]
    Critical,

    /// <summary>Something does not work and may get worse.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>Worth a look when there is time.</summary>
    [JsonStringEnumMemberName("note")]
    Note,
}

/// <summary>Something to look at, in the words of <c>/health/ready</c> where it has any.</summary>
/// <param name="Next">What to do.</param>
public sealed record AttentionItem(Severity Severity, string About, string What, string Next)
{
    private static readonly TimeSpan SoonFull = TimeSpan.FromHours(6);

    /// <summary>All there is, the gravest first.</summary>
    public static IReadOnlyList<AttentionItem> Of(
        IReadOnlyList<PartState> parts, IReadOnlyList<SourceState> sources, SpoolState spool, IReadOnlyList<TableState> tables,
        QuarantineState quarantine, DatabaseState database) =>
        [.. All(parts, sources, spool, tables, quarantine, database).OrderBy(item => item.Severity)];

    private static IEnumerable<AttentionItem> All(
        IReadOnlyList<PartState> parts, IReadOnlyList<SourceState> sources, SpoolState spool, IReadOnlyList<TableState> tables,
        QuarantineState quarantine, DatabaseState database)
    {
        string said = string.Join('\n', parts.Select(part => part.Because));
        IEnumerable<AttentionItem> waiting = tables
            .Where(table => table.Because is { } because && !said.Contains(because, StringComparison.Ordinal))
            .Select(table => new AttentionItem(Severity.Critical, table.Table, $"table {table.Table} is {table.State}: {table.Because}", "Its rows are kept on disk. Mend the reason; delivery then goes on by itself."));
        return parts.Where(part => part.Because is not null).Select(Unready)
            .Concat(waiting)
            .Concat(tables.SelectMany(Books))
            .Concat(Spool(spool))
            .Concat(sources.Where(source => source.State == "down").Select(Down))
            .Concat(Database(database))
            .Concat(Quarantined(quarantine));
    }

    private static AttentionItem Unready(PartState part) => part.Name switch
    {
        "sources" => new(Severity.Warning, "sources", part.Because!, "Wait one interval. If it stays, the log names the source's fault."),
        "spool" => new(Severity.Critical, "spool", part.Because!, "Look at the disk: a power cut now could cost rows."),
        _ => new(Severity.Critical, part.Name, part.Because!, "Rows are kept on disk and sent later. `collector doctor` says what to do."),
    };

    private static AttentionItem Down(SourceState source) =>
        new(Severity.Warning, source.Name, $"{source.Name}: {source.LastError}", "Nothing is made up for what it cannot read. `collector doctor` looks at each source.");

    private static IEnumerable<AttentionItem> Books(TableState table)
    {
        if (table.Remainder != 0)
        {
            yield return new(Severity.Critical, table.Table, $"the books of {table.Table} do not add up: {table.Remainder} rows", "A fault of the collector: report it with its log.");
        }

        if (table.Dropped > 0)
        {
            string reasons = string.Join(", ", table.DroppedBy.Where(reason => reason.Value > 0).Select(reason => $"{reason.Value} {reason.Key}"));
            yield return new(Severity.Critical, table.Table, $"{table.Dropped} rows of {table.Table} are lost ({reasons})", "docs/operations.md says what each reason means, and which limit to raise.");
        }
    }

    private static IEnumerable<AttentionItem> Spool(SpoolState spool)
    {
        if (spool.LeftBytes == 0)
        {
            yield return new(Severity.Critical, "spool", "the spool is full", spool.WhenFull == "refuse" ? "New rows are refused until the store takes some." : "The oldest rows are dropped.");
        }
        else if (spool.SecondsToFull is { } seconds && seconds < SoonFull.TotalSeconds)
        {
            yield return new(Severity.Warning, "spool", "the spool fills", "The store takes less than comes in: see why, or raise spool.max_bytes.");
        }
    }

    private static IEnumerable<AttentionItem> Database(DatabaseState database)
    {
        if (database is { IsWatched: true, IsSeen: false, Problem: null, LookedAt: not null })
        {
            yield return new(Severity.Warning, "database", $"{database.Description} takes rows but cannot be watched, so that a suspended table goes unnoticed", "Give the login the right to query.");
        }

        if (Math.Abs(database.ClockSkewSeconds ?? 0) > 1)
        {
            yield return new(Severity.Warning, "database", $"the database's clock is {Math.Abs(database.ClockSkewSeconds!.Value):0.0} s {(database.ClockSkewSeconds > 0 ? "ahead of" : "behind")} this machine's", "Set the clocks (NTP).");
        }
    }

    private static IEnumerable<AttentionItem> Quarantined(QuarantineState quarantine)
    {
        if (quarantine.Tables.Count > 0)
        {
            yield return new(
                Severity.Note, "quarantine", quarantine.Rows is { } rows ? $"{rows} {(rows == 1 ? "row is" : "rows are")} in quarantine" : "rows are in quarantine", "See why below. Once they are mended, `collector spool replay` brings them back.");
        }
    }
}
