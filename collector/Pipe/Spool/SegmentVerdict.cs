namespace Collector.Pipe.Spool;

/// <summary>Whether a segment file is as it should be, and what becomes of it if not.</summary>
/// <param name="Findings">What is wrong, each with its byte offset; empty when nothing is.</param>
/// <param name="Then">What the collector does about it at its next start, or when it comes to read the place; null when nothing.</param>
public sealed record SegmentVerdict(SegmentView Segment, IReadOnlyList<string> Findings, string? Then)
{
    public bool IsDamaged => Findings.Count > 0;

    /// <param name="isGrowing">A running collector may be appending to it: an unfinished end is then no finding.</param>
    public static SegmentVerdict Of(SegmentView view, bool isGrowing)
    {
        SegmentScan scan = view.Scan ?? throw new ArgumentException("The segment was not read.", nameof(view));
        List<string> findings = [.. Header(scan), .. scan.Faults.Select(Text)];
        if (scan.CorruptPlaces > scan.Faults.Count)
        {
            findings.Add($"and {scan.CorruptPlaces - scan.Faults.Count} places more");
        }

        findings.AddRange(End(scan, isGrowing));
        return new SegmentVerdict(view, findings, findings.Count == 0 ? null : Consequence(scan));
    }

    private static IEnumerable<string> Header(SegmentScan scan) => scan.HeaderState switch
    {
        _ when scan.FileLength < SegmentFormat.HeaderSize => [],
        HeaderState.Damaged => ["byte 0: the header is damaged"],
        HeaderState.TooNew or HeaderState.TooOld =>
            [$"byte 8: segment format {scan.Header.Version}; this version reads {SegmentFormat.OldestVersion} to {SegmentFormat.Version}"],
        _ => [],
    };

    private static IEnumerable<string> End(SegmentScan scan, bool isGrowing)
    {
        if (scan.HasDamagedFooter)
        {
            yield return $"byte {scan.FileLength - SegmentFormat.FooterSize}: the footer is damaged";
        }

        if (scan.TornBytes > 0 && !isGrowing)
        {
            yield return $"byte {scan.FileLength - scan.TornBytes}: {scan.TornBytes} bytes of an unfinished append";
        }

        if (scan is { HasFooter: true, IsDamaged: false } && scan.Footer is { } footer && footer != scan.Totals)
        {
            yield return $"byte {scan.FileLength - SegmentFormat.FooterSize}: the footer tells of {footer.Records} records and {footer.Rows} rows, "
                + $"the file holds {scan.Totals.Records} and {scan.Totals.Rows}";
        }
    }

    private static string Consequence(SegmentScan scan) => scan switch
    {
        { HeaderState: HeaderState.TooNew or HeaderState.TooOld } => "the collector does not start on it; let the version that wrote it deliver it",
        { IsDamaged: true, Totals.Records: 0 } => $"the file is set aside as .corrupt; nothing of it can be saved, {Lost(scan)}",
        { IsDamaged: true } => $"the file is set aside as .corrupt and {scan.Totals.Records} records ({scan.Totals.Rows} rows) are saved; {Lost(scan)}",
        { HasDamagedFooter: true } => "a new footer is written; no row is lost",
        { TornBytes: > 0 } => "the end is cut off; it was never acknowledged unless the machine lost power",
        _ => "the records count, not the footer; no row is lost",
    };

    private static string Lost(SegmentScan scan) => scan.LostRows > 0
        ? $"{scan.LostRows} undelivered rows are lost, and whatever stood where no head can be read"
        : "what stood where no head can be read is lost";

    private static string Text(SegmentFault fault) => $"byte {fault.Offset} to {fault.End}: {fault.Problem}";
}
