namespace Collector.Settings.Files;

/// <summary>
/// A small file that is there whole or as it was before, whatever stops the process or the machine: written under another
/// name, synced, renamed, and then its folder synced. Who gets an exception tries again; the file may be the new one already.
/// </summary>
public static class WholeFile
{
    private const string Unfinished = ".new";

    /// <param name="path">The file; its folder is there. One that is there is replaced.</param>
    /// <param name="content">All of it.</param>
    /// <param name="sync">Syncs the folder; null: <see cref="DiskFolder.Sync"/>.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, Action<string>? sync = null)
    {
        string unfinished = path + Unfinished;
        using (FileStream file = new(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        Place(unfinished, path, sync);
    }

    /// <summary>Gives a file that is written and synced its name, in place of one that has it.</summary>
    public static void Place(string unfinished, string path, Action<string>? sync = null)
    {
        File.Move(unfinished, path, overwrite: true);
        (sync ?? DiskFolder.Sync)(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
