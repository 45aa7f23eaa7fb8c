using System.Diagnostics.Metrics;
using System.Text;
using Collector.Lines;
using Collector.Lines.Tables;
using Collector.Pipe.Delivery;
using Collector.Stores.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Collector.Tests.Stores.Sqlite;

public sealed class SqliteStoreTests : IAsyncDisposable
{
    private const string Schema = """
        CREATE TABLE t (ts TIMESTAMP, venue SYMBOL, up BOOLEAN, n LONG, x DOUBLE, note VARCHAR)
        TIMESTAMP(ts) PARTITION BY DAY TTL 2 DAYS WAL DEDUP UPSERT KEYS(ts, venue)
        """;

    private static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-03-01T00:00:00Z");
    private static readonly Table Table = Read(Schema);

    private readonly string _folder = Directory.CreateTempSubdirectory("collector-sqlite-").FullName;
    private readonly FakeTimeProvider _clock = new(Start);
    private readonly SqliteStore _store;

    public SqliteStoreTests() => _store = Open();

    private string File => Path.Combine(_folder, "data", "collector.db");

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task PrepareAsync_NoFile_MakesFolderFileAndTable()
    {
        Assert.IsType<Outcome.Accepted>(await _store.PrepareAsync(Table, default));

        Assert.Equal("wal", Scalar("PRAGMA journal_mode"));
        Assert.Equal(0L, Scalar("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task PrepareAsync_TableWithoutAColumn_AddsItAndReadsItsRowsAsBefore()
    {
        await _store.PrepareAsync(Read(Schema.Replace(", up BOOLEAN, n LONG", "", StringComparison.Ordinal)), default);
        Execute("INSERT INTO t (ts, x) VALUES (1, 2.5)");

        Assert.IsType<Outcome.Accepted>(await _store.PrepareAsync(Table, default));
        Assert.IsType<Outcome.Accepted>(await _store.PrepareAsync(Table, default));

        Assert.Equal("1||0||2.5|", Row("SELECT concat_ws('|', ts, venue, up, coalesce(n, ''), x, coalesce(note, '')) FROM t"));
    }

    [Fact]
    public async Task WriteAsync_TableThatLinesMade_ReadsAMissingBooleanAsFalseAndKeepsArraysAsJson()
    {
        Table made = TableGrowth.New("made").With([("up", ColumnType.Boolean, null), ("book", ColumnType.Other, "DOUBLE[][]"), ("n", ColumnType.Long, null)]);
        byte[] array = SentText.ToArray("[[1,2.5],[3,-4]]", 2)!;
        byte[] lines = [.. "made up=t,book="u8, .. array, .. ",n=1i 1700000000000000000\nmade n=2i 1700000000000000000\n"u8];
        await _store.PrepareAsync(made, default);

        Assert.IsType<Outcome.Accepted>(await _store.WriteAsync(new Batch(made, lines, 2), default));

        Assert.Equal("1 [[1,2.5],[3,-4]] 1; 0 - 2", Row("SELECT group_concat(concat_ws(' ', up, coalesce(book, '-'), n), '; ') FROM (SELECT * FROM made ORDER BY n)"));
        using var file = new SqliteFile(File);
        using StoredRows rows = file.Rows(made, 0);
        var writer = new LineWriter(made, _clock);
        while (rows.Read())
        {
            Assert.Null(rows.Write(writer));
        }

        Assert.Equal(
            "made up=t,book=" + System.Text.Encoding.Latin1.GetString(array) + ",n=1i 1700000000000000000\nmade up=f,n=2i 1700000000000000000\n",
            System.Text.Encoding.Latin1.GetString(writer.Written.Span));
    }

    [Theory]
    [InlineData("x DOUBLE", "x LONG", "has the column x as INTEGER where its schema file wants REAL")]
    [InlineData("KEYS(ts, venue)", "KEYS(ts)", "has the keys (none) where its schema file wants ts, venue")]
    [InlineData("DEDUP UPSERT KEYS(ts, venue)", "", "has the keys (none) where its schema file wants ts, venue")]
    [InlineData("ts ", "at ", "has no column ts")]
    public async Task PrepareAsync_TableThatHasToBeWrittenAnew_IsHaltedAndLeftAlone(string wanted, string live, string reason)
    {
        string before = wanted == "ts " ? Schema.Replace("(ts", "(at", StringComparison.Ordinal) : Schema.Replace(wanted, live, StringComparison.Ordinal);
        await _store.PrepareAsync(Read(before), default);

        Outcome outcome = await _store.PrepareAsync(Table, default);

        Assert.Contains(reason, Assert.IsType<Outcome.Halted>(outcome).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_TableMissing_IsHaltedUntilPrepared()
    {
        Batch batch = Rows(Start, 1);

        Assert.Contains("no such table", Assert.IsType<Outcome.Halted>(await _store.WriteAsync(batch, default)).Reason, StringComparison.Ordinal);

        await _store.PrepareAsync(Table, default);
        Assert.IsType<Outcome.Accepted>(await _store.WriteAsync(batch, default));
    }

    [Fact]
    public async Task WriteAsync_BadRowBehindAGoodOne_IsRejectedWithItsLineAndNothingStays()
    {
        await _store.PrepareAsync(Table, default);
        byte[] lines = "t,venue=a up=t,n=1i 1000\nt,venue=b up=t,n=1.5 1000\n"u8.ToArray();

        Outcome.Rejected rejected = Assert.IsType<Outcome.Rejected>(await _store.WriteAsync(new Batch(Table, lines, 2), default));

        Assert.Equal(2, rejected.Line);
        Assert.Equal(0L, Scalar("SELECT count(*) FROM t"));
        Assert.IsType<Outcome.Accepted>(await _store.WriteAsync(Rows(Start, 3), default));
        Assert.Equal(3L, Scalar("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task WriteAsync_SameBatchTwice_StoresItOnce()
    {
        await _store.PrepareAsync(Table, default);
        Batch batch = Rows(Start, 100);

        Assert.IsType<Outcome.Accepted>(await _store.WriteAsync(batch, default));
        Assert.IsType<Outcome.Accepted>(await _store.WriteAsync(batch, default));

        Assert.Equal(100L, Scalar("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task WriteAsync_TableWithoutKeys_StoresEveryRow()
    {
        Table table = Read("CREATE TABLE t (ts TIMESTAMP, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL");
        await _store.PrepareAsync(table, default);
        var batch = new Batch(table, "t n=1i 1000\nt n=1i 1000\n"u8.ToArray(), 2);

        await _store.WriteAsync(batch, default);

        Assert.Equal(2L, Scalar("SELECT count(*) FROM t"));
        Assert.IsType<Outcome.Accepted>(await _store.PrepareAsync(table, default));
    }

    [Fact]
    public async Task WriteAsync_LockedByAnother_IsRetryAndThenStored()
    {
        await _store.PrepareAsync(Table, default);
        using (SqliteConnection other = Connect())
        {
            using SqliteTransaction held = other.BeginTransaction();
            Assert.Contains("locked", Assert.IsType<Outcome.Retry>(await _store.WriteAsync(Rows(Start, 1), default)).Reason, StringComparison.Ordinal);
        }

        Assert.IsType<Outcome.Accepted>(await _store.WriteAsync(Rows(Start, 1), default));
    }

    [Fact]
    public async Task WriteAsync_FileDeletedUnderIt_IsHaltedAndMadeAnewByPrepare()
    {
        await _store.PrepareAsync(Table, default);
        Directory.Delete(Path.GetDirectoryName(File)!, recursive: true);

        Assert.IsType<Outcome.Halted>(await _store.WriteAsync(Rows(Start, 1), default));
        Assert.IsType<Outcome.Accepted>(await _store.PrepareAsync(Table, default));
        Assert.IsType<Outcome.Accepted>(await _store.WriteAsync(Rows(Start, 1), default));
        Assert.Equal(1L, Scalar("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task PrepareAsync_FileOfAnotherKind_IsHaltedAndLeftAlone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        await System.IO.File.WriteAllTextAsync(File, new string('x', 5000));

        Assert.Contains("no SQLite file", Assert.IsType<Outcome.Halted>(await _store.PrepareAsync(Table, default)).Reason, StringComparison.Ordinal);
        Assert.Equal(5000, new FileInfo(File).Length);
    }

    [Fact]
    public async Task PrepareAsync_FolderThatCannotBeMade_IsRetry()
    {
        await System.IO.File.WriteAllTextAsync(Path.Combine(_folder, "data"), "a file where the folder should be");

        Assert.IsType<Outcome.Retry>(await _store.PrepareAsync(Table, default));
    }

    [Fact]
    public async Task WriteAsync_FailureAmongTheRows_LeavesNothingOfTheBatch()
    {
        await _store.PrepareAsync(Table, default);
        await _store.WriteAsync(Rows(Start, 1), default);
        Execute("CREATE TRIGGER failing BEFORE INSERT ON t WHEN NEW.n = 50 BEGIN SELECT RAISE(FAIL, 'on purpose'); END");

        Assert.IsType<Outcome.Halted>(await _store.WriteAsync(Rows(Start.AddHours(1), 100), default));
        Assert.Equal(1L, Scalar("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task WriteAsync_RowsOlderThanTheTtl_AreDeletedAtMostOnceAMinuteAndCounted()
    {
        await _store.PrepareAsync(Table, default);
        await _store.WriteAsync(Rows(Start.AddDays(-5), 10), default);
        Assert.Equal(0, _store.Evicted.Sum(table => table.Rows));

        await _store.WriteAsync(Rows(Start, 1), default);
        Assert.Equal(11L, Scalar("SELECT count(*) FROM t"));

        _clock.Advance(TimeSpan.FromMinutes(1));
        await _store.WriteAsync(Rows(Start.AddMinutes(1), 1), default);

        using var meter = new Meter("Collector.Tests");
        using var counts = new RecordedCounts(meter);
        new DeliveryMetrics(meter, _clock).PublishEvicted(_store);
        counts.Observe();
        Assert.Equal(10, counts["collector_rows_evicted_total"]);
        Assert.Equal(2L, Scalar("SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task WriteAsync_InSteadyState_AllocatesNothingPerRow()
    {
        await _store.PrepareAsync(Table, default);
        Batch small = Rows(Start, 10), large = Rows(Start, 1000);
        await _store.WriteAsync(large, default);
        await _store.WriteAsync(small, default);

        long few = await Allocated(small), many = await Allocated(large);

        Assert.True(many <= few + 512, $"10 rows allocate {few} bytes, 1,000 rows {many}");
    }

    [Theory]
    [InlineData(SqliteSynchronous.Full, 2L)]
    [InlineData(SqliteSynchronous.Normal, 1L)]
    [InlineData(null, 2L)]
    public void Session_Synchronous_IsAsTheOptionsSay(object? synchronous, long pragma)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        using var session = new SqliteSession(new SqliteOptions { Path = File, Synchronous = (SqliteSynchronous?)synchronous });
        using SqliteCommand command = session.Command("PRAGMA synchronous");

        Assert.Equal(pragma, command.ExecuteScalar());
    }

    [Fact]
    public async Task WriteAsync_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.WriteAsync(Rows(Start, 1), cancelled.Token));
    }

    [Theory]
    [InlineData("book", "book_timestamp")]
    [InlineData("book_timestamp", "book")]
    [InlineData("Book_Timestamp", "book")]
    public async Task PrepareAsync_TableNamedAsAnothersIndexWas_IsMadeBesideIt(string first, string second)
    {
        Assert.IsType<Outcome.Accepted>(await _store.PrepareAsync(Keyless(first), default));
        Assert.IsType<Outcome.Accepted>(await _store.PrepareAsync(Keyless(second), default));

        Assert.Equal(2L, Scalar("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name LIKE '%/timestamp'"));
    }

    [Fact]
    public async Task PrepareAsync_TableNamedAsAnOlderFilesIndex_IsMadeBesideIt()
    {
        await _store.PrepareAsync(Keyless("book"), default);
        Execute("DROP INDEX \"book/timestamp\"; CREATE INDEX book_timestamp ON book (ts); INSERT INTO book (ts, n) VALUES (1, 2)");

        Assert.IsType<Outcome.Accepted>(await _store.PrepareAsync(Keyless("book"), default));
        Assert.IsType<Outcome.Accepted>(await _store.PrepareAsync(Keyless("book_timestamp"), default));

        Assert.Equal(2L, Scalar("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name LIKE '%/timestamp'"));
        Assert.Equal(2L, Scalar("SELECT n FROM book"));
    }

    [Fact]
    public async Task WriteAsync_NameThatSqliteKeepsForItself_LiesBehindASlashAndIsReadByItsName()
    {
        Table table = Keyless("SQLite_cache");
        await _store.PrepareAsync(table, default);
        Assert.IsType<Outcome.Accepted>(await _store.WriteAsync(new Batch(table, "SQLite_cache n=4i 1700000000000000000\n"u8.ToArray(), 1), default));
        Assert.IsType<Outcome.Accepted>(await _store.PrepareAsync(table, default));

        Assert.Equal(4L, Scalar("SELECT n FROM \"/SQLite_cache\""));
        using var file = new SqliteFile(File);
        Assert.Equal(["SQLite_cache"], file.TableNames);
        Assert.Equal(1, file.Count(table, 0));
    }

    [Theory]
    [InlineData("rowid", 1)]
    [InlineData("ROWID LONG, _rowid_", 1)]
    [InlineData("rowid LONG, _rowid_ LONG, oid", 0)]
    public async Task Rows_ColumnsNamedAsTheRowsNumber_AreNotTakenForIt(string columns, long id)
    {
        Table table = Read($"CREATE TABLE t (ts TIMESTAMP, {columns} LONG, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL");
        await _store.PrepareAsync(table, default);
        string last = table.Columns[^2].Name;
        Assert.IsType<Outcome.Accepted>(await _store.WriteAsync(new Batch(table, Encoding.UTF8.GetBytes($"t {last}=77i,n=5i 1700000000000000000\n"), 1), default));

        using var file = new SqliteFile(File);
        using StoredRows rows = file.Rows(table, 0);
        Assert.True(rows.Read());
        Assert.Equal(id, rows.Id);
        var writer = new LineWriter(table, _clock);
        Assert.Null(rows.Write(writer));
        Assert.Contains($"{last}=77i,n=5i", Encoding.UTF8.GetString(writer.Written.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PrepareAsync_AsManyColumnsAsTheGatewayMakes_IsMade()
    {
        Table table = TableGrowth.New("t").With(Enumerable.Range(0, 1999).Select(i => ($"c{i}_".PadRight(77, '資'), ColumnType.Double, (string?)null)));

        Assert.IsType<Outcome.Accepted>(await _store.PrepareAsync(table, default));
        Assert.IsType<Outcome.Accepted>(await _store.WriteAsync(new Batch(table, Encoding.UTF8.GetBytes($"t {table.Columns[^1].Name}=1 1700000000000000000\n"), 1), default));
    }

    private static Table Keyless(string name) => Read($"CREATE TABLE {name} (ts TIMESTAMP, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL");

    private async Task<long> Allocated(Batch batch)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        await _store.WriteAsync(batch, default);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private Batch Rows(DateTimeOffset from, int rows)
    {
        var writer = new LineWriter(Table, new FakeTimeProvider(from));
        for (int i = 0; i < rows; i++)
        {
            writer.Begin("binance");
            writer.Set(Table["up"], true);
            writer.Set(Table["n"], (long)i);
            writer.Set(Table["x"], 1.5 * i);
            writer.Set(Table["note"], "a \"note\"");
            Assert.Null(writer.End(from.AddMicroseconds(i)));
        }

        return new Batch(Table, writer.Written.ToArray(), rows);
    }

    private SqliteStore Open() => new(
        new SqliteOptions { Path = File, BusyTimeout = TimeSpan.Zero, Synchronous = SqliteSynchronous.Normal },
        _clock,
        NullLogger<SqliteStore>.Instance);

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        return connection;
    }

    private string Row(string sql) => (string)Scalar(sql)!;

    private object? Scalar(string sql)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Fixed texts of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private void Execute(string sql) => Scalar(sql);

    private static Table Read(string text)
    {
        var faults = new List<SchemaFault>();
        Table? table = SchemaReader.Read("t.sql", text, faults);
        Assert.Empty(faults);
        return table!;
    }
}
