using Collector.Pipe.Delivery;
using Collector.Stores.Sqlite;
using Microsoft.Data.Sqlite;

namespace Collector.Tests.Stores.Sqlite;

public sealed class SqliteFailureTests
{
    [Theory]
    [InlineData(5, typeof(Outcome.Retry), "locked by another program")]     // SQLITE_BUSY
    [InlineData(6, typeof(Outcome.Retry), "locked by another program")]     // SQLITE_LOCKED
    [InlineData(13, typeof(Outcome.Retry), "the disk of SQLite in x.db is full")]
    [InlineData(14, typeof(Outcome.Retry), "cannot be opened")]             // SQLITE_CANTOPEN
    [InlineData(10, typeof(Outcome.Unknown), "fails")]                      // SQLITE_IOERR
    [InlineData(8, typeof(Outcome.Halted), "check the owner and mode")]     // SQLITE_READONLY
    [InlineData(11, typeof(Outcome.Halted), "damaged")]                     // SQLITE_CORRUPT
    [InlineData(26, typeof(Outcome.Halted), "no SQLite file")]              // SQLITE_NOTADB
    [InlineData(1, typeof(Outcome.Halted), "collector schema apply")]       // SQLITE_ERROR: no such table
    [InlineData(18, typeof(Outcome.Rejected), "refused a row")]             // SQLITE_TOOBIG
    [InlineData(19, typeof(Outcome.Halted), "failed")]                      // SQLITE_CONSTRAINT
    public void Of_Code_IsWhatItMeansForTheBatch(int code, Type outcome, string reason)
    {
        Outcome found = SqliteFailure.Of(new SqliteException("text", code), "SQLite in x.db");

        Assert.IsType(outcome, found);
        Assert.Contains(reason, found.ToString(), StringComparison.Ordinal);
    }
}
