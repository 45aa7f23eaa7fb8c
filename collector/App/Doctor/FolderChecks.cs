using Collector.Capabilities;
using Collector.Pipe.Delivery;
using Collector.Pipe.State;

namespace Collector.App.Doctor;

/// <summary>
/// Whether this user may write where the collector writes. A file that is made and goes again tells more than modes do: it
/// meets read-only file systems, quotas and a superuser's exceptions too.
/// </summary>
internal static class FolderChecks
{
    private const string Check = "folders";

    public static IEnumerable<Finding> Run(CollectorConfig config)
    {
        CollectorOptions options = config.Options;
        string quarantine = config.Installation.PathOf(Quarantine.Folder);
        string state = config.Installation.PathOf(LocalState.FileName);
        List<Finding> bad =
        [
            .. new[] { (options.DataDir, "data_dir"), (options.Spool.Directory, "spool.directory"), (quarantine, "within data_dir") }
                .DistinctBy(folder => Nearest(folder.Item1), StringComparer.Ordinal).Select(folder => Folder(folder.Item1, folder.Item2)).OfType<Finding>(),
            .. FilesOf(quarantine).Append(state).Concat(config.All.SelectMany(capability => capability.Files).Select(config.Installation.PathOf)).Select(File).OfType<Finding>(),
        ];
        return bad.Count > 0
            ? bad
            : [Finding.Ok(Check, $"{options.DataDir}, its spool, quarantine and local state can be written by {Environment.UserName}")];
    }

    /// <summary>The folder, or where it is not there yet the nearest one above, in which it will be made.</summary>
    internal static string Nearest(string folder)
    {
        string path = Path.GetFullPath(folder);
        while (!Path.Exists(path) && Path.GetDirectoryName(path) is { } above)
        {
            path = above;
        }

        return path;
    }

    private static Finding? Folder(string folder, string setting)
    {
        string nearest = Nearest(folder);
        try
        {
            string probe = Path.Combine(nearest, $".collector-doctor-{Guid.NewGuid():N}");
            using var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, 1, FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            string what = nearest == Path.GetFullPath(folder) ? "cannot be written" : $"cannot be made in {nearest}";
            return Finding.Fail(Check, $"{folder} ({setting}) {what} by {Environment.UserName}: {exception.Message}", $"run the doctor as the collector's user; if it is that, give it the folder (chown {Environment.UserName} {nearest}) or set data_dir to another one");
        }
    }

    private static Finding? File(string file)
    {
        try
        {
            if (System.IO.File.Exists(file))
            {
                using var opened = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Finding.Fail(Check, $"{file} cannot be written by {Environment.UserName}: {exception.Message}", $"give it to the collector's user: chown {Environment.UserName} {file}");
        }
    }

    private static string[] FilesOf(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // told as the folder's own fault
        }
    }
}
