using System.Security.Cryptography;
using System.Text;
using Collector.Settings.Files;

namespace Collector.Pipe.Delivery;

/// <summary>A row in quarantine, as anyone may read it.</summary>
/// <param name="Id">Names the entry: a hash of it as it stands in the file. Two that are equal in every byte bear one name.</param>
public sealed record QuarantinedEntry(string Table, string Id, QuarantineEntry Entry);

/// <summary>Reads quarantine files, also while a collector writes to them. Changes nothing.</summary>
public static class QuarantineFile
{
    public const string Extension = ".jsonl";

    /// <summary>Where the table's rows are, or would be. A file that a version before named goes on.</summary>
    public static string PathOf(string directory, string table)
    {
        string before = Path.Combine(directory, Uri.EscapeDataString(table) + Extension);
        return File.Exists(before) ? before : Path.Combine(directory, TableFileName.Of(table) + Extension);
    }

    /// <summary>Where the table's name is kept if the file of its rows does not tell it.</summary>
    public static string NamePathOf(string directory, string table) => Path.Combine(directory, TableFileName.Of(table) + ".table");

    public static IReadOnlyList<string> Tables(string directory) => !Directory.Exists(directory) ? [] :
    [
        .. Directory.EnumerateFiles(directory, "*" + Extension)
            .Select(file => TableOf(directory, Path.GetFileNameWithoutExtension(file))).OfType<string>()
            .Order(StringComparer.Ordinal),
    ];

    private static string? TableOf(string directory, string name) =>
        TableFileName.IsHash(name) ? TableFileName.TableOf(name, Path.Combine(directory, name + ".table")) : Uri.UnescapeDataString(name);

    /// <summary>The entries of a table, oldest first. A line that a crash cut off, or that is being written, is none.</summary>
    public static IEnumerable<QuarantinedEntry> Read(string directory, string table) =>
        Lines(PathOf(directory, table)).Select(line => TryRead(table, line)).OfType<QuarantinedEntry>();

    public static QuarantinedEntry? TryRead(string table, string line) =>
        QuarantineEntry.Parse(line) is { Bytes: not null } entry ? new QuarantinedEntry(table, IdOf(line), entry) : null;

    public static long Bytes(string directory, string table)
    {
        var file = new FileInfo(PathOf(directory, table));
        return file.Exists ? file.Length : 0;
    }

    /// <summary>The lines of a file; none when it is not there.</summary>
    public static IEnumerable<string> Lines(string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var reader = new StreamReader(path, Encoding.UTF8, false, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete });
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0)
            {
                yield return line;
            }
        }
    }

    private static string IdOf(string line) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)).AsSpan(0, 6));
}
