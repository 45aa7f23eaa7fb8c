using Microsoft.Data.Sqlite;

namespace Collector.Tests.Stores.Sqlite;

/// <summary>The SQLite that the packages bring along, which is the one that the program is published with.</summary>
public sealed class SqliteVersionTests
{
    /// <summary>
    /// The first version without the fault by which a checkpoint could take pages of a write-ahead log that was begun anew for
    /// copied, and so damage the database (https://www.sqlite.org/wal.html#walresetbug).
    /// </summary>
    private static readonly Version WithTheFix = new(3, 51, 3);

    [Fact]
    public void Version_OfTheNativeLibrary_ResetsItsLogSafely()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT sqlite_version()";

        Assert.InRange(Version.Parse((string)command.ExecuteScalar()!), WithTheFix, new Version(4, 0));
    }
}
