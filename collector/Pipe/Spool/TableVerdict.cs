namespace Collector.Pipe.Spool;

/// <summary>Whether a table's log is as it should be.</summary>
/// <param name="Findings">What is wrong with the log as a whole: a lost cursor, segments that are missing.</param>
public sealed record TableVerdict(string Table, IReadOnlyList<SegmentVerdict> Segments, IReadOnlyList<string> Findings)
{
    public bool IsDamaged => Findings.Count > 0 || Segments.Any(segment => segment.IsDamaged);

    /// <summary>Reads all of the log.</summary>
    /// <param name="isHeld">A collector runs on it: its newest segment may be growing.</param>
    /// <param name="read">Is told of each segment as it has been read.</param>
    public static TableVerdict Of(TableView table, bool isHeld, Action<SegmentVerdict> read)
    {
        var segments = new List<SegmentVerdict>();
        var findings = new List<string>();
        if (table.Cursor is null && table.Segments.Count > 0)
        {
            findings.Add($"{SpoolCursor.FileName}: it is missing or neither of its halves can be read; all segments are offered to the store again");
        }

        ulong next = table.Cursor is null ? 0 : table.Delivered.Watermark;
        ulong last = 0;
        foreach (string path in table.Segments)
        {
            if (SegmentView.TryScan(path, table.Delivered, last) is not { } view)
            {
                continue;
            }

            segments.Add(SegmentVerdict.Of(view, isHeld && ReferenceEquals(path, table.Segments[^1])));
            read(segments[^1]);
            if (view.Totals.Records > 0)
            {
                NoteGap(table, view, next, findings);
                last = view.Totals.LastId;
                next = last + 1;
            }
        }

        return new TableVerdict(table.Table, segments, findings);
    }

    /// <summary>As <see cref="SegmentRecovery"/> sees it: ids that begin anew at a multiple of the jump have a jump before them, no gap.</summary>
    private static void NoteGap(TableView table, SegmentView view, ulong next, List<string> findings)
    {
        ulong first = view.Totals.FirstId;
        if (next > 0 && first > next && first % SegmentRecovery.IdJump != 0 && !table.Delivered.Covers(next, first - 1))
        {
            ulong owed = table.Delivered.NextOwed(next, out _);
            findings.Add($"records {owed} to {first - 1}, before {view.Name}, were never delivered and are not there: a segment was removed or lost");
        }
    }
}
