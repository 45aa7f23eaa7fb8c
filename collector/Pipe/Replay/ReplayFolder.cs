using Collector.Pipe.Spool;
using Collector.Settings.Files;

namespace Collector.Pipe.Replay;

/*  <spool>/.replay/<table folder>/

    <id>.request   JSON: what is to be replayed. Made by whoever asks; complete as soon as it has this name.
    <id>.rows      a sealed segment with the rows. Made by the spool's owner; from here on they are replayed, and no entry of
                   the request is in quarantine any more as soon as the request is gone.
    <n>.seg        unfinished; removed.

    request ──► request + rows ──► rows ──► <spool>/<table folder>/<n>.seg
            a          b             c
    a  the rows are on disk under their name          before it: begun anew
    b  their entries leave the quarantine, in one rename; then the request goes     in between: done again, changes nothing
    c  the file is renamed into the log               before it: done again

    Each step is one rename, so that a kill at any instant leaves one of these states.  */

/// <summary>Where replays wait for the owner of the spool, which is the collector while it runs.</summary>
public static class ReplayFolder
{
    public const string Name = ".replay";
    public const string RequestExtension = ".request";
    public const string RowsExtension = ".rows";

    /// <summary>Hands a request over.</summary>
    /// <param name="name">Unique; requests of a table are taken in the order of their names.</param>
    /// <returns>The file, which is gone once its owner has taken it.</returns>
    public static string Hand(string spool, string table, string name, ReplayRequest request)
    {
        string path = Path.Combine(TableFolder.Make(Path.Combine(spool, Name), table), name + RequestExtension);
        DiskFolder.Sync(spool);
        WholeFile.Write(path, request.ToBytes());
        return path;
    }

    /// <summary>The tables for which something may wait, with their folders.</summary>
    public static IEnumerable<(string Table, string Folder)> Tables(string spool)
    {
        string root = Path.Combine(spool, Name);
        return Directory.Exists(root)
            ? Directory.GetDirectories(root).Select(folder => (Table: TableFolder.TableOf(folder)!, folder)).Where(found => found.Table is not null)
            : [];
    }

    /// <summary>The names of a folder's replays, in order.</summary>
    public static IReadOnlyList<string> Waiting(string folder) =>
    [
        .. Directory.GetFiles(folder)
            .Where(file => Path.GetExtension(file) is RequestExtension or RowsExtension)
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];
}
