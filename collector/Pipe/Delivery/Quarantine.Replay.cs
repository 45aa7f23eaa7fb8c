using Collector.Settings.Files;

namespace Collector.Pipe.Delivery;

/// <content>Rows on their way out of quarantine.</content>
public sealed partial class Quarantine
{
    /// <summary>Entries of a table by their names. Entries that are equal in every byte share one.</summary>
    /// <param name="wanted">The names; no others are held.</param>
    public ILookup<string, QuarantinedEntry> Entries(string table, IReadOnlySet<string> wanted)
    {
        lock (_gate)
        {
            return QuarantineFile.Read(directory, table).Where(entry => wanted.Contains(entry.Id)).ToLookup(entry => entry.Id, StringComparer.Ordinal);
        }
    }

    /// <summary>Replaces, keeps or (null) removes the entries of a table, in one rename. Lines that are no entries stay.</summary>
    /// <param name="table">Under which they are kept.</param>
    /// <param name="change">What becomes of one.</param>
    /// <param name="reason">Why those that are removed leave.</param>
    /// <returns>How many lines they stood for that were removed.</returns>
    /// <exception cref="IOException">The file cannot be written, and is as it was; or it is changed, and may be as it was again after a power cut.</exception>
    public long Change(string table, Func<QuarantinedEntry, QuarantineEntry?> change, string reason = Replayed)
    {
        string path = PathOf(table);
        lock (_gate)
        {
            if (!File.Exists(path))
            {
                return 0;
            }

            long before = new FileInfo(path).Length;
            string changed = path + ".changed";
            (bool differs, long removed) = WriteChanged(table, path, changed, change);
            if (differs)
            {
                WholeFile.Place(changed, path, Placed);
            }

            File.Delete(changed);
            return removed;

            void Placed(string folder)
            {
                _bytes += new FileInfo(path).Length - before;
                _kept.TryRemove(table, out _); // read anew from the file
                _left.AddOrUpdate((table, reason), removed, (_, left) => left + removed);
                (sync ?? DiskFolder.Sync)(folder);
            }
        }
    }

    private static (bool Differs, long Removed) WriteChanged(string table, string path, string changed, Func<QuarantinedEntry, QuarantineEntry?> change)
    {
        bool differs = false;
        long removed = 0;
        using FileStream file = new(changed, FileMode.Create, FileAccess.Write);
        foreach (string line in QuarantineFile.Lines(path))
        {
            QuarantinedEntry? entry = QuarantineFile.TryRead(table, line);
            QuarantineEntry? after = entry is null ? null : change(entry);
            differs |= !ReferenceEquals(after, entry?.Entry);
            if (entry is null || ReferenceEquals(after, entry.Entry))
            {
                file.Write([.. System.Text.Encoding.UTF8.GetBytes(line), (byte)'\n']);
            }
            else if (after is not null)
            {
                file.Write(after.ToBytes());
            }
            else
            {
                removed += entry.Entry.Rows;
            }
        }

        file.Flush(flushToDisk: true);
        return (differs, removed);
    }
}
