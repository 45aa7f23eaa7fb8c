namespace Collector.Delivery;

/// <content>Rows on their way out of quarantine.</content>
internal sealed partial class Quarantine
{
    /// <summary>The entries of a table by their names. Entries that are equal in every byte share one.</summary>
    public ILookup<string, QuarantinedEntry> Entries(string table)
    {
        lock (_gate)
        {
            return QuarantineFile.Read(directory, table).ToLookup(entry => entry.Id, StringComparer.Ordinal);
        }
    }

    /// <summary>Replaces, keeps or (null) removes the entries of a table, in one rename. Lines that are no entries stay.</summary>
    /// <exception cref="IOException">The file cannot be written, and is as it was.</exception>
    public void Change(string table, Func<QuarantinedEntry, QuarantineEntry?> change)
    {
        string path = PathOf(table);
        lock (_gate)
        {
            if (!File.Exists(path))
            {
                return;
            }

            long before = new FileInfo(path).Length;
            string changed = path + ".changed";
            if (WriteChanged(table, path, changed, change))
            {
                File.Move(changed, path, overwrite: true);
                _bytes += new FileInfo(path).Length - before;
                _kept.TryRemove(table, out _); // read anew from the file
            }

            File.Delete(changed);
        }
    }

    /// <returns>False when nothing differs.</returns>
    private static bool WriteChanged(string table, string path, string changed, Func<QuarantinedEntry, QuarantineEntry?> change)
    {
        bool differs = false;
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
        }

        file.Flush(flushToDisk: true);
        return differs;
    }
}
