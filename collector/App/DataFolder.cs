using Collector.Pipe.Delivery;
using Collector.Pipe.State;
using Collector.Settings.Files;
using Microsoft.Extensions.Logging;

namespace Collector.App;

/// <summary>
/// The folder <c>data_dir</c>. What the collector makes in it is for its user alone; what a version before made may be readable for all,
/// and so the folder itself is closed (decision 030).
/// </summary>
internal static partial class DataFolder
{
    /// <summary>Makes it where it is missing.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void Make(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The folder {folder} (data_dir) cannot be made: {exception.Message} Choose one that {Environment.UserName} may write.", exception);
        }
    }

    /// <summary>Closes it to other users, unless it holds other things than the collector's: those may be for others.</summary>
    public static void Close(CollectorConfig config, ILogger logger)
    {
        string folder = config.Options.DataDir;
        try
        {
            if (FileModes.OpenMode(folder) is not { } mode)
            {
                return;
            }

            if (Foreign(config) is { } foreign)
            {
                LogShared(logger, folder, mode, foreign, folder);
                return;
            }

            FileModes.Close(folder);
            LogClosed(logger, folder, mode);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogCannotClose(logger, folder, exception.Message, folder);
        }
    }

    /// <summary>Something in the folder that no collector made; null when there is nothing of the kind.</summary>
    private static string? Foreign(CollectorConfig config)
    {
        string[] own =
        [
            Path.GetFileName(config.Options.Spool.Directory), Quarantine.Folder, LocalState.FileName, Path.GetFileName(config.Options.Store.Sqlite.Path),
            .. config.All.SelectMany(capability => capability.Files), "lost+found",
        ];
        // Beside a file stand others of its name: state.db-wal, arrival.new.
        return Directory.EnumerateFileSystemEntries(config.Options.DataDir).Select(path => Path.GetFileName(path))
            .FirstOrDefault(name => !Array.Exists(own, mine => name.StartsWith(mine, StringComparison.Ordinal)));
    }

    [LoggerMessage(9010, LogLevel.Information, "{Folder} could be entered by other users (mode {Mode}), and is closed to them now: rows are for the collector's user alone")]
    private static partial void LogClosed(ILogger logger, string folder, string mode);

    [LoggerMessage(9011, LogLevel.Warning, "{Folder} (data_dir) can be entered by other users (mode {Mode}), and holds {Foreign}, which is not the collector's: what an earlier version wrote there may be read by them. Move that elsewhere, or close the folder with chmod 700 {Same}")]
    private static partial void LogShared(ILogger logger, string folder, string mode, string foreign, string same);

    [LoggerMessage(9012, LogLevel.Warning, "{Folder} (data_dir) can be entered by other users and cannot be closed to them: {Reason} Its owner can: chmod 700 {Same}")]
    private static partial void LogCannotClose(ILogger logger, string folder, string reason, string same);
}
