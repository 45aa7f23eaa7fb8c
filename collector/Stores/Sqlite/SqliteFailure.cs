using Collector.Pipe.Delivery;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Collector.Stores.Sqlite;

/// <summary>What an error of SQLite means for a batch (result codes: https://sqlite.org/rescode.html).</summary>
internal static class SqliteFailure
{
    public static Outcome Of(SqliteException exception, string place)
    {
        string text = exception.Message;
        return exception.SqliteErrorCode switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new Outcome.Retry($"{place} is locked by another program: {text}; it is tried again, and store.sqlite.busy_timeout waits longer"),
            raw.SQLITE_FULL => new Outcome.Retry($"the disk of {place} is full: {text}; make room on it"),
            raw.SQLITE_CANTOPEN => new Outcome.Retry($"{place} cannot be opened: {text}; check that its folder is there and who may write it"),
            raw.SQLITE_NOMEM or raw.SQLITE_SCHEMA or raw.SQLITE_INTERRUPT or raw.SQLITE_PROTOCOL => new Outcome.Retry($"{place} did not store the batch: {text}"),

            // A commit whose sync failed may be found in the file all the same.
            raw.SQLITE_IOERR => new Outcome.Unknown($"the disk of {place} fails: {text}; check the disk"),
            raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH => new Outcome.Halted($"{place} cannot be written: {text}; check the owner and mode of the file and its folder"),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new Outcome.Halted($"{place} is damaged or no SQLite file: {text}; move it away, and a new one is made"),
            raw.SQLITE_ERROR => new Outcome.Halted($"{place} is not as the schema files say: {text}; run `collector schema apply`"),
            raw.SQLITE_TOOBIG => new Outcome.Rejected($"{place} refused a row: {text}"),
            _ => new Outcome.Halted($"{place} failed: {text}"),
        };
    }
}
