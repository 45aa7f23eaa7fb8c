using System.IO.Enumeration;
using System.Runtime.InteropServices;
using Collector.Sources.Gaps;

namespace Collector.Sources.Storage;

/// <summary>The files of one series, added up.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SeriesFiles(long Bytes, long Files, DateTimeOffset NewestAt, DateTimeOffset OldestAt)
{
    public SeriesFiles With(long bytes, DateTimeOffset writtenAt) => Files == 0
        ? new(bytes, 1, writtenAt, writtenAt)
        : new(Bytes + bytes, Files + 1, writtenAt > NewestAt ? writtenAt : NewestAt, writtenAt < OldestAt ? writtenAt : OldestAt);
}

/// <summary>
/// One walk through a catalog's folder, no deeper than its pattern. Links below it are not followed: they might lead around in a circle, or
/// count a file twice. What vanishes on the way was not there.
/// </summary>
internal sealed class CatalogWalk(CatalogPattern pattern, int maxFiles, CancellationToken cancellationToken)
{
    private static readonly EnumerationOptions NoLinks = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false, ReturnSpecialDirectories = false };

    private readonly Dictionary<DataSeries, SeriesFiles> _series = [];
    private readonly List<CatalogPlace> _unread = [];
    private int _seen;

    public IReadOnlyDictionary<DataSeries, SeriesFiles> Series => _series;

    /// <summary>Files and folders whose names do not fit the pattern where they stand.</summary>
    public int Strangers { get; private set; }

    /// <summary>
    /// Those of them whose names are not UTF-8. .NET reads such a name with U+FFFD in it, under which there is no file: it can be
    /// neither opened nor measured.
    /// </summary>
    public int Unreadable { get; private set; }

    /// <summary>The first of these, as it can be shown; null where there is none.</summary>
    public string? FirstUnreadable { get; private set; }

    /// <summary>The first folder that could not be read, and why; null where all could.</summary>
    public string? Problem { get; private set; }

    /// <exception cref="SourceException">The folder itself cannot be read, or holds more than may be looked at.</exception>
    public void Run(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new SourceException(SourceError.Unreachable, $"there is no folder {folder} that can be read");
        }

        Walk(folder, default, 0);

        // A part of a series is not its size.
        foreach (DataSeries series in _series.Keys.Where(series => _unread.Exists(place => place.MayHold(series))))
        {
            _series.Remove(series);
        }
    }

    private void Walk(string folder, CatalogPlace place, int level)
    {
        try
        {
            foreach ((string name, bool isFolder) in new FileSystemEnumerable<(string, bool)>(folder, (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory), NoLinks))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (++_seen > maxFiles)
                {
                    throw new SourceException(SourceError.Format, $"{folder}: the catalog holds more than {maxFiles} files and folders (max_files); raise it, or divide the catalog");
                }

                Take(Path.Combine(folder, name), name, isFolder, place, level);
            }
        }
        catch (DirectoryNotFoundException) when (level > 0)
        {
            // It went while we walked.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _unread.Add(place);
            Problem ??= $"{folder} cannot be read: {exception.Message}";
        }
    }

    private void Take(string path, string name, bool isFolder, CatalogPlace parent, int level)
    {
        if (name.Contains('\uFFFD', StringComparison.Ordinal) && !Path.Exists(path))
        {
            Strangers++;
            Unreadable++;
            FirstUnreadable ??= path;
            return;
        }

        bool isLast = level == pattern.Levels - 1;
        CatalogPlace? place = isFolder != isLast ? pattern.Find(parent, level, name) : null;
        if (place is not { } found)
        {
            Strangers++;
        }
        else if (isFolder)
        {
            Walk(path, found, level + 1);
        }
        else if (new FileInfo(path) is { Exists: true } file) // one look: size and time are of the same instant
        {
            _series[found.Series] = _series.GetValueOrDefault(found.Series).With(file.Length, new DateTimeOffset(file.LastWriteTimeUtc));
        }
    }
}
