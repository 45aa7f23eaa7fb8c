using Collector.Lines.Tables;

namespace Collector.Tests.Lines.Tables;

public class SchemaReaderTests
{
    private const string Good = """
        -- Readings of a thing.
        -- Two lines of help.
        CREATE TABLE IF NOT EXISTS readings (
            timestamp   TIMESTAMP,  -- When.
            thing       SYMBOL,     -- Which. It is a
                                    -- long story.
            ok          BOOLEAN,    -- Is it well? [gauge thing_ok]
            state       SYMBOL,
            total       LONG,       -- How many. [counter things_total]
            total_delta LONG,       -- More.
            delay_ms    DOUBLE,     -- How late. [gauge thing_delay_seconds, unit ms]
            seen_at     TIMESTAMP,  -- Last seen. [gauge thing_seen_timestamp_seconds]
            note        VARCHAR     -- Words [in brackets] within.
        ) TIMESTAMP(timestamp) PARTITION BY DAY TTL 90 DAYS WAL
        DEDUP UPSERT KEYS(timestamp, thing);
        """;

    [Fact]
    public void Read_WholeFile_GivesTheTable()
    {
        Table table = ReadGood(Good);

        Assert.Equal("readings", table.Name);
        Assert.Equal("Readings of a thing. Two lines of help.", table.Help);
        Assert.Equal("When.", table.TimestampHelp);
        Assert.Equal(new Ttl(90, TtlUnit.Day), table.Ttl);
        Assert.Equal(["thing", "ok", "state", "total", "total_delta", "delay_ms", "seen_at", "note"], table.Columns.Select(c => c.Name));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], table.Columns.Select(c => c.Ordinal));
        Assert.Equal(
            [ColumnType.Symbol, ColumnType.Boolean, ColumnType.Symbol, ColumnType.Long, ColumnType.Long, ColumnType.Double, ColumnType.Timestamp, ColumnType.Varchar],
            table.Columns.Select(c => c.Type));
        Assert.Equal(["thing"], table.Keys.Select(c => c.Name));
        Assert.Equal("Which. It is a long story.", table["thing"].Help);
        Assert.Equal("Words [in brackets] within.", table["note"].Help);
        Assert.Equal(new Metric(MetricKind.Gauge, "thing_ok", 1), table["ok"].Metric);
        Assert.Equal(new Metric(MetricKind.Counter, "things_total", 1), table["total"].Metric);
        Assert.Equal(new Metric(MetricKind.Gauge, "thing_delay_seconds", 0.001), table["delay_ms"].Metric);
        Assert.Equal(new Metric(MetricKind.Gauge, "thing_seen_timestamp_seconds", 1e-6), table["seen_at"].Metric);
        Assert.Equal("ms", table["delay_ms"].Unit);
        Assert.Same(table["total_delta"], table["total"].Delta);
        Assert.True(table["total"].IsCounter);
        Assert.True(table["total_delta"].IsDelta);
    }

    [Fact]
    public void CreateStatement_WholeFile_IsTheTableAgain()
    {
        Table table = ReadGood(Good);

        Assert.Equal(
            "CREATE TABLE IF NOT EXISTS \"readings\" (\"timestamp\" TIMESTAMP, \"thing\" SYMBOL, \"ok\" BOOLEAN, \"state\" SYMBOL, "
            + "\"total\" LONG, \"total_delta\" LONG, \"delay_ms\" DOUBLE, \"seen_at\" TIMESTAMP, \"note\" VARCHAR) "
            + "TIMESTAMP(\"timestamp\") PARTITION BY DAY TTL 90 DAYS WAL DEDUP UPSERT KEYS(\"timestamp\", \"thing\")",
            table.CreateStatement());
        Assert.Equal(table.CreateStatement(), ReadGood(table.CreateStatement()).CreateStatement());
    }

    [Theory]
    [InlineData("create table t (ts timestamp, v double) timestamp(ts) partition by hour wal")]
    [InlineData("CREATE TABLE t(ts TIMESTAMP,v DOUBLE)TIMESTAMP(ts)PARTITION BY DAY WAL;")]
    [InlineData("CREATE TABLE \"t\" (\"ts\" TIMESTAMP, 'v' DOUBLE) TIMESTAMP(\"ts\") PARTITION BY DAY WAL;\r\n-- The end.\r\n")]
    [InlineData("CREATE TABLE t (v DOUBLE, ts TIMESTAMP) TIMESTAMP(TS) PARTITION BY YEAR TTL 2 YEARS WAL")]
    [InlineData("CREATE TABLE t (ts TIMESTAMP, v DOUBLE) TIMESTAMP(ts) PARTITION BY WEEK TTL 1 WEEK WAL DEDUP UPSERT KEYS(ts)")]
    [InlineData("CREATE TABLE t (ts TIMESTAMP\n, v DOUBLE -- comma first\n) TIMESTAMP(ts) PARTITION BY MONTH TTL 1 YEAR WAL")]
    public void Read_OtherWaysToWriteIt_AreRead(string sql) => Assert.Equal("v", Assert.Single(ReadGood(sql).Columns).Name);

    [Theory]
    [InlineData("price DOUBLE, price_delta DOUBLE")]
    [InlineData("price LONG, price_delta VARCHAR")]
    [InlineData("price DOUBLE, price_delta LONG")]
    [InlineData("price_delta LONG, price_delta_delta LONG")]
    public void Read_DeltaThatIsNoIncreaseOfALong_MakesNoCounter(string columns) =>
        Assert.All(
            ReadGood($"CREATE TABLE t (ts TIMESTAMP, {columns}) TIMESTAMP(ts) PARTITION BY DAY WAL").Columns,
            column => Assert.False(column.IsCounter || column.IsDelta));

    /// <summary>A mistake, then where it is told and a part of what is said.</summary>
    public static TheoryData<string, int, int, string> Mistakes => new()
    {
        { "", 1, 1, "expected CREATE, found the end of the file" },
        { "-- only words", 1, 14, "expected CREATE" },
        { "CREATE VIEW t", 1, 8, "expected TABLE, found 'VIEW'" },
        { "CREATE TABLE IF EXISTS t", 1, 17, "expected NOT" },
        { "CREATE TABLE 7 (", 1, 14, "expected the table's name, found '7'" },
        { "CREATE TABLE a$b (", 1, 15, "the character $ has no place" },
        { "CREATE TABLE \"a", 1, 14, "the quote \" is not closed on its line" },
        { "CREATE TABLE 'a\n' (", 1, 14, "the quote ' is not closed on its line" },
        { Columns("v DOUBLE", table: "\"a/b\""), 1, 14, "the name holds the character /" },
        { Columns("v DOUBLE", table: "\"\""), 1, 14, "the name is empty" },
        { Columns("v DOUBLE", table: ".a"), 1, 14, "neither starts nor ends with a dot" },
        { Columns("v DOUBLE", table: "a..b"), 1, 14, "no two dots" },
        { Columns("v DOUBLE", table: "\" a\""), 1, 14, "neither starts nor ends with a space" },
        { Columns("v DOUBLE", table: new string('a', 128)), 1, 14, "the name has 128 characters, at most 127" },
        { Columns("v DOUBLE", table: $"\"{new string('ж', 120)}\""), 1, 14, "the name has 240 bytes of UTF-8, at most 239" },
        { Columns($"\"{new string('重', 78)}\" DOUBLE"), 2, 1, "the name has 234 bytes of UTF-8, at most 233" },
        { Columns("k DOUBLE, \u212a LONG"), 2, 11, "is defined twice" },
        { Columns("\"a-b\" DOUBLE"), 2, 1, "the name holds the character -" },
        { Columns("a.b DOUBLE"), 2, 1, "the name holds the character ." },
        { Columns("\"a\u0007\" DOUBLE"), 2, 1, "the control character U+0007" },
        { Columns("\"a\uFEFF\" DOUBLE"), 2, 1, "the control character U+FEFF" },
        { Columns("v FLOAT"), 2, 3, "the type 'FLOAT' is not one of SYMBOL, BOOLEAN, LONG, DOUBLE, TIMESTAMP, VARCHAR" },
        { Columns("v '1'"), 2, 3, "the type '1' is not one of" },
        { Columns("v ' LONG'"), 2, 3, "is not one of" },
        { Columns("v"), 2, 2, "expected a column's type, found ')'" },
        { Columns("v DOUBLE,"), 2, 10, "expected a column's name, found ')'" },
        { Columns("v DOUBLE w LONG"), 2, 10, "expected ), found 'w'" },
        { Columns("v DOUBLE, V LONG"), 2, 11, "the column 'V' is defined twice" },
        { Columns("v DOUBLE, TS TIMESTAMP"), 2, 11, "the column 'TS' is defined twice" },
        { Columns("k SYMBOL", behind: "DEDUP UPSERT KEYS(ts, k)"), 1, 14, "no column beside its timestamp and keys" },
        { Columns("v DOUBLE", timestamp: "at"), 2, 21, "the designated timestamp 'at' is no TIMESTAMP column" },
        { Columns("v DOUBLE", timestamp: "v"), 2, 21, "the designated timestamp 'v' is no TIMESTAMP column" },
        { Columns("v DOUBLE", partition: "NONE"), 2, 38, "not by 'NONE'" },
        { Columns("v DOUBLE", partition: "DAY BYPASS"), 2, 42, "expected WAL, found 'BYPASS'" },
        { Columns("v DOUBLE", partition: "DAY TTL 0 DAYS"), 2, 46, "TTL wants a whole number from 1" },
        { Columns("v DOUBLE", partition: "DAY TTL 99999 DAYS"), 2, 46, "a whole number from 1 to 10000" },
        { Columns("v DOUBLE", partition: "DAY TTL 90d"), 2, 46, "TTL wants a whole number" },
        { Columns("v DOUBLE", partition: "DAY TTL 9 MINUTES"), 2, 48, "TTL counts in HOURS" },
        { Columns("v DOUBLE", partition: "DAY TTL 9 DAYSS"), 2, 48, "TTL counts in HOURS" },
        { Columns("v DOUBLE", partition: "DAY TTL 9 '2'"), 2, 48, "TTL counts in HOURS" },
        { Columns("v DOUBLE", partition: "DAY TTL 36 HOURS"), 2, 46, "no whole number of partitions" },
        { Columns("v DOUBLE", partition: "month ttl 90 days"), 2, 48, "no whole number of partitions, and QuestDB evicts by partitions: MONTH" },
        { Columns("v DOUBLE", behind: "DEDUP KEYS(ts)"), 2, 52, "expected UPSERT" },
        { Columns("v DOUBLE", behind: "DEDUP UPSERT KEYS()"), 2, 64, "expected a key column, found ')'" },
        { Columns("v DOUBLE", behind: "DEDUP UPSERT KEYS(ts, w)"), 2, 68, "the key 'w' is no SYMBOL column" },
        { Columns("v DOUBLE, w LONG", behind: "DEDUP UPSERT KEYS(ts, v)"), 2, 76, "the key 'v' is no SYMBOL column" },
        { Columns("k SYMBOL, v DOUBLE", behind: "DEDUP UPSERT KEYS(k)"), 2, 74, "the keys leave out the designated timestamp" },
        { Columns("k SYMBOL, v DOUBLE", behind: "DEDUP UPSERT KEYS(ts, k, K)"), 2, 81, "the key 'K' is named twice" },
        { Columns("v DOUBLE", behind: "; DROP TABLE t"), 2, 48, "follows the statement; one file defines one table" },
        { Columns("-- Too early.\nv DOUBLE"), 2, 1, "a column's comment begins on the column's line" },
        { Columns("v DOUBLE,\n-- Of w.\nw LONG"), 3, 1, "a column's comment begins on the column's line" },
        { Commented("DOUBLE", "[gauge]"), 2, 1, "[gauge] is not understood" },
        { Commented("DOUBLE", "[histogram v]"), 2, 1, "[histogram v] is not understood" },
        { Commented("DOUBLE", "[gauge v-w]"), 2, 1, "v-w is no metric name" },
        { Commented("DOUBLE", "[gauge v, gauge w]"), 2, 1, "[gauge w] comes second" },
        { Commented("DOUBLE", "[unit s, unit ms]"), 2, 1, "[unit ms] comes second" },
        { Commented("DOUBLE", "[unit furlongs]"), 2, 1, "the unit furlongs is not known; known are s, ms" },
        { Commented("VARCHAR", "[unit s]"), 2, 1, "a VARCHAR has no unit" },
        { Commented("VARCHAR", "[gauge v]"), 2, 1, "a VARCHAR has no number to show" },
        { Commented("SYMBOL", "[gauge v]"), 2, 1, "a SYMBOL has no number to show" },
        { Commented("BOOLEAN", "[counter v_total]"), 2, 1, "a counter is LONG or DOUBLE, not BOOLEAN" },
        { Commented("LONG", "[counter v]"), 2, 1, "the metric v has to end in _total" },
        { Commented("LONG", "[gauge v_total]"), 2, 1, "ends in _total, which only a counter's name does" },
        { Commented("DOUBLE", "[gauge v_ms, unit ms]"), 2, 1, "has to end in _seconds" },
        { Commented("DOUBLE", "[gauge v_percent, unit percent]"), 2, 1, "has to end in _ratio" },
        { Commented("LONG", "[counter v_total, unit bytes]"), 2, 1, "has to end in _bytes_total" },
        { Commented("TIMESTAMP", "[gauge v_seconds]"), 2, 1, "has to end in _timestamp_seconds" },
        { Commented("DOUBLE", "[gauge v"), 2, 1, "the bracket has to be closed" },
        { Commented("DOUBLE", "[gauge v]."), 2, 1, "the bracket has to be closed, and to be the comment's end" },
        { "CREATE TABLE t (ts TIMESTAMP, -- When. [gauge t_timestamp_seconds]\nv DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL", 1, 17, "the designated timestamp ts cannot be shown" },
        { Columns("v DOUBLE, -- [gauge x]\nw DOUBLE -- [gauge x]\n"), 3, 1, "the metric x of w is already that of v" },
        { Columns("\"k k\" SYMBOL, v DOUBLE -- [gauge x]\n", behind: "DEDUP UPSERT KEYS(ts, \"k k\")"), 2, 1, "the key k k is a label" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Read_Mistake_GivesOneFaultWithItsPlace(string sql, int line, int column, string message)
    {
        var faults = new List<SchemaFault>();

        Assert.Null(SchemaReader.Read("folder/t.sql", sql, faults));

        SchemaFault fault = Assert.Single(faults);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.Equal(("folder/t.sql", line, column), (fault.File, fault.Line, fault.Column));
        Assert.Equal($"folder/t.sql:{line}:{column}: {fault.Message}", fault.ToString());
    }

    [Fact]
    public void Read_SeveralMistakes_TellsAllOfThem()
    {
        var faults = new List<SchemaFault>();

        SchemaReader.Read("t.sql", """
            CREATE TABLE t (
                ts TIMESTAMP,
                a  FLOAT,
                b  DOUBLE,  -- [gauge b_total]
                b  LONG
            ) TIMESTAMP(ts) PARTITION BY NONE WAL DEDUP UPSERT KEYS(ts, b);
            """, faults);

        Assert.Equal([(3, 8), (4, 5), (5, 5), (6, 30), (6, 61)], faults.Select(f => (f.Line, f.Column)).Order());
    }

    [Fact]
    public void Load_FolderWithMistakes_TellsThemAndKeepsTheRest()
    {
        string folder = Directory.CreateTempSubdirectory("schemas-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "good.sql"), Columns("v DOUBLE -- [gauge x]\n", table: "good"));
            File.WriteAllText(Path.Combine(folder, "bad.sql"), "CREATE");
            File.WriteAllText(Path.Combine(folder, "named.sql"), Columns("v DOUBLE", table: "otherwise"));
            File.WriteAllText(Path.Combine(folder, "same.sql"), Columns("v DOUBLE -- [gauge x]\n", table: "same"));
            File.WriteAllText(Path.Combine(folder, "SAME.sql"), Columns("v DOUBLE", table: "same"));
            var faults = new List<SchemaFault>();

            var catalog = TableCatalog.Load(folder, faults);

            Assert.Equal(["good", "same"], catalog.Select(table => table.Name));
            Assert.Equal(
                [
                    "bad.sql: expected TABLE, found the end of the file",
                    "named.sql: the file defines the table otherwise; call it otherwise.sql",
                    "same.sql: the metric x of same.v is already that of another table's v",
                    "same.sql: the table same has a second file (names are case-insensitive)",
                ],
                faults.Select(f => $"{Path.GetFileName(f.File)}: {f.Message}").Order(StringComparer.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Load_NoFolder_IsAFault()
    {
        var faults = new List<SchemaFault>();

        Assert.Empty(TableCatalog.Load("/nowhere/at/all", faults));

        Assert.Equal("the schema folder does not exist", Assert.Single(faults).Message);
    }

    [Fact]
    public void Indexer_UnknownTableOrColumn_SaysWhatThereIs()
    {
        Table table = ReadGood(Columns("v DOUBLE"));

        Assert.Contains("has no column w; its schema file defines v", Assert.Throws<KeyNotFoundException>(() => table["w"]).Message, StringComparison.Ordinal);
        Assert.Contains("no w.sql", Assert.Throws<KeyNotFoundException>(() => new TableCatalog([table])["w"]).Message, StringComparison.Ordinal);
        Assert.Same(table["v"], table["V"]);
    }

    [Theory]
    [InlineData(0xD83D, 0x20, false)]
    [InlineData(0xDE00, 0xD83D, false)]
    [InlineData(0xD83D, 0xDE00, true)]
    public void ColumnProblem_Surrogates_AreTakenInPairs(int first, int second, bool taken) =>
        Assert.Equal(taken, Names.ColumnProblem([(char)first, (char)second]) is null);

    [Theory]
    [InlineData("1 HOUR", 1)]
    [InlineData("90 DAYS", 90 * 24)]
    [InlineData("2 WEEKS", 14 * 24)]
    [InlineData("3 MONTHS", 84 * 24)]
    [InlineData("10000 YEARS", 10000L * 365 * 24)]
    public void Shortest_EachUnit_IsTheLeastItMeans(string ttl, long hours)
    {
        Table table = ReadGood($"CREATE TABLE t (ts TIMESTAMP, v DOUBLE) TIMESTAMP(ts) PARTITION BY HOUR TTL {ttl} WAL");

        Assert.Equal(TimeSpan.FromHours(hours), table.Ttl!.Value.Shortest);
        Assert.Equal(ttl, table.Ttl.Value.ToString());
    }

    private static string Columns(string columns, string table = "t", string timestamp = "ts", string partition = "DAY", string behind = "") =>
        $"CREATE TABLE {table} (ts TIMESTAMP,\n{columns}) TIMESTAMP({timestamp}) PARTITION BY {partition} WAL {behind}";

    private static string Commented(string type, string comment) => Columns($"v {type} -- {comment}\n");

    private static Table ReadGood(string sql)
    {
        var faults = new List<SchemaFault>();
        Table? table = SchemaReader.Read("t.sql", sql, faults);
        Assert.Empty(faults);
        return table!;
    }
}
