namespace Collector.Pipe.Spool;

/// <summary>One table's log, looked at from outside.</summary>
public sealed class TableView
{
    public TableView(string table, string folder)
    {
        (Table, Folder) = (table, folder);

        // The files first: one that goes between the two looks is then known for delivered.
        Segments = Files("*" + SegmentFormat.Extension);
        SetAside = Files("*" + SegmentFormat.CorruptExtension);
        Cursor = SpoolCursor.Look(folder);
        Delivered = Cursor?.Delivered ?? new DeliveredIds(1);
    }

    public string Table { get; }

    public string Folder { get; }

    /// <summary>Paths, oldest first.</summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>Paths of the damaged files that were kept.</summary>
    public IReadOnlyList<string> SetAside { get; }

    /// <summary>What the cursor says; null where there is none, or none that can be read.</summary>
    public CursorState? Cursor { get; }

    public DeliveredIds Delivered { get; }

    /// <summary>Sizes and counts of every segment; those that went meanwhile are left out.</summary>
    public IEnumerable<SegmentView> Look()
    {
        ulong after = 0;
        foreach (string path in Segments)
        {
            if (SegmentView.TryLook(path, Delivered, after) is { } segment)
            {
                after = Math.Max(after, segment.Totals.LastId);
                yield return segment;
            }
        }
    }

    private string[] Files(string pattern)
    {
        string[] files = Directory.GetFiles(Folder, pattern);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }
}
