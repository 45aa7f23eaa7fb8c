using Microsoft.Extensions.Logging;

namespace Collector.Pipe.Spool;

/// <content>
/// What it tells the log. All in one file: the messages of a class that has them in several come out of the compiler in another
/// order each time, and no two builds would be the same.
/// </content>
public sealed partial class SpoolLog
{
    [LoggerMessage(3307, LogLevel.Error, "Append to the spool of {Table} failed, and its rows were refused: {Error}. Make room on the disk of data_dir, or check it")]
    private static partial void LogAppendFailed(ILogger logger, string table, string error);

    [LoggerMessage(3308, LogLevel.Error,
        "Sync of the spool of {Table} failed: {Error}. Rows since the last sync may be lost if the machine stops now")]
    private static partial void LogSyncFailed(ILogger logger, string table, string error);

    [LoggerMessage(3309, LogLevel.Error, "The spool is full: dropped {Rows} undelivered rows of {Table}, the oldest, with {File}. Bring the database back, or raise spool.max_bytes")]
    private static partial void LogDropped(ILogger logger, string table, long rows, string file);

    [LoggerMessage(3310, LogLevel.Warning, "Cannot delete {File}, all of which is delivered: {Error}. Check who owns it, and the disk")]
    private static partial void LogNotDeleted(ILogger logger, string file, string error);

    [LoggerMessage(3311, LogLevel.Error,
        "Cannot note what of {Table} is delivered: {Error}. After a restart it is offered again")]
    private static partial void LogCursorFailed(ILogger logger, string table, string error);

    [LoggerMessage(3312, LogLevel.Error,
        "{File} is damaged in {Places} places: {Rows} undelivered rows are lost, the file is kept as .corrupt. Check the disk")]
    private static partial void LogSalvaged(ILogger logger, string file, int places, long rows);

    [LoggerMessage(3313, LogLevel.Error,
        "{File} is damaged and no sound copy could be made ({Reason}); its readable records stay in use. Make room")]
    private static partial void LogNotSalvaged(ILogger logger, string file, string reason);

    [LoggerMessage(3314, LogLevel.Error, "{File} holds no readable record: {Rows} undelivered rows are lost. Check the disk")]
    private static partial void LogUnreadable(ILogger logger, string file, long rows);

    [LoggerMessage(3315, LogLevel.Error,
        "{File} was removed while in use: {Rows} undelivered rows are lost. Nothing but this process may touch the spool")]
    private static partial void LogLost(ILogger logger, string file, long rows);

    [LoggerMessage(3316, LogLevel.Error, "Rows of {Table} that were to be replayed are damaged; what can be read of them is, the file is kept as {File}. Check the disk")]
    private static partial void LogReplayDamaged(ILogger logger, string file, string table);
}
