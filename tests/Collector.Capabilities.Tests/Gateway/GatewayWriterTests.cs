using System.Globalization;
using System.Text;
using Collector.Capabilities.Gateway;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Tests.Capabilities.Gateway;

public sealed class GatewayWriterTests
{
    private const string Now = "1700000000000000000";

    [Fact]
    public async Task Write_LinesOfSeveralTables_LandInTheirTables()
    {
        using var room = new GatewayRoom();

        await room.AcceptAsync($"plain,k=a n=1i {Now}\nreadings,k=x b=t {Now}\n\r\nPLAIN,k=b n=2i {Now}\nplain,k=c n=3i {Now}");

        Assert.Equal(["plain a", "plain b", "plain c", "readings x"], room.Sink.Rows.Select(row => $"{row.Table} {row["k"]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Write_BadLinesAmongGoodOnes_SetsAsideEachWithItsReasonAndNumber()
    {
        using var room = new GatewayRoom();

        WriteResult result = await room.WriteAsync($"plain,k=a n=1i {Now}\nplain,k=a n=1.5 {Now}\nnot a line\nreadings,k=x d=1 {Now}\nplain,k=b n=2i {Now}\nplain,k=c n=1i 1800000000000000000\n");

        Assert.Equal((WriteStatus.Accepted, 2, 4, 0), (result.Status, result.Accepted, result.Quarantined, result.Lost));
        Assert.Equal(
            ["2 Type plain", "3 Syntax -", "4 Missing readings", "6 Timestamp plain"],
            room.Sink.Refused.Select(row => $"{row.Fault.Line} {row.Fault.Kind} {row.Table?.Name ?? "-"}"));
        Assert.All(room.Sink.Refused, row => Assert.Equal("gateway", row.Source));
    }

    [Fact]
    public async Task Write_RejectABadLine_TakesNothingOfTheRequest()
    {
        using var room = new GatewayRoom(new GatewayOptions { OnBadLine = BadLine.Reject });

        WriteResult result = await room.WriteAsync($"plain,k=a n=1i {Now}\nreadings,k=x b=t {Now}\nplain,k=a n=\"x\" {Now}\nplain,k=b n=2i {Now}\n");

        Assert.Equal((WriteStatus.Invalid, 3, LineFaultKind.Type), (result.Status, result.Fault!.Line, result.Fault.Kind));
        Assert.Empty(room.Sink.Rows);
        Assert.Empty(room.Sink.Refused);
        await room.AcceptAsync($"plain,k=a n=1i {Now}\n");
        Assert.Single(room.Sink.Rows);
    }

    [Theory]
    [InlineData(Precision.Seconds, "1700000000")]
    [InlineData(Precision.Milliseconds, "1700000000000")]
    [InlineData(Precision.Microseconds, "1700000000000000")]
    [InlineData(Precision.Nanoseconds, "1700000000000000999")]
    [InlineData(Precision.Seconds, "1700000000000000t")]
    internal async Task Write_AnyPrecision_StoresTheSameInstant(Precision precision, string time)
    {
        using var room = new GatewayRoom();

        await room.AcceptAsync($"plain,k=a n=1i {time}\nfresh,k=a n=1i {time}\n", precision);

        Assert.All(room.Sink.Rows, row => Assert.Equal(TestTable.Now, row.Time));
        Assert.Equal(2, room.Sink.Rows.Count);
    }

    [Fact]
    public async Task Write_LinesWithoutATime_GetTheTimeOfArrival_AMicrosecondALine()
    {
        using var room = new GatewayRoom();

        await room.AcceptAsync($"plain,k=a n=1i\nplain,k=b n=2i 1600000000000000000\nplain,k=a n=3i\n");

        Assert.Equal([0, 2], room.Sink.Rows.Where(row => row["k"] == "a").Select(row => (row.Time - TestTable.Now).TotalMicroseconds));
    }

    [Fact]
    public async Task Write_AnUnknownTable_IsMadeFromTheFirstLine_AndWidenedByLaterOnes()
    {
        using var room = new GatewayRoom();

        await room.AcceptAsync($"trades,side=buy px=1.5,qty=2i,live=t,note=\"x\",at=5t {Now}\ntrades,side=sell,venue=v px=2,more=1i {Now}\ntrades,side=buy px=3 {Now}\n");

        Table table = room.Tables["trades"];
        Assert.Equal(
            "side Symbol, px Double, qty Long, live Boolean, note Varchar, at Timestamp, venue Symbol, more Long",
            string.Join(", ", table.Columns.Select(column => $"{column.Name} {column.Type}")));
        Assert.Empty(table.Keys);
        Assert.Equal(["true", null, null], room.Sink.Rows.Select(row => row["live"]));
        Assert.Equal([null, "1", null], room.Sink.Rows.Select(row => row["more"]));
    }

    [Fact]
    public async Task Write_AColumnThatASchemaFileLacks_IsAddedBehindItsColumns()
    {
        using var room = new GatewayRoom();

        await room.AcceptAsync($"plain,k=a n=1i,extra=\"x\" {Now}\n");

        Assert.Equal("k, n, d, extra", string.Join(", ", room.Tables["plain"].Columns.AsEnumerable()));
        Assert.Equal("k", room.Tables["plain"].Keys.Single().Name);
        Assert.Equal("x", room.Sink.Rows.Single()["extra"]);
    }

    public static TheoryData<string> LongNames => [new('ж', 115), new('重', 76), string.Concat(Enumerable.Repeat("😀", 57))];

    [Theory]
    [MemberData(nameof(LongNames))]
    public async Task Write_LongNamesInOtherScripts_AreMadeAndKnownAfterARestart(string name)
    {
        using var folder = new TemporaryFolder();
        string lines = Bytes($"plain,k=a n=1i {Now}\n{name},{name}=x v=1i {Now}\nplain,k=b n=1i {Now}\n");
        using (var before = new GatewayRoom(tablesFolder: folder.File("tables")))
        {
            await before.AcceptAsync(lines);
        }

        using var after = new GatewayRoom(new GatewayOptions { Unknown = UnknownName.Reject }, tablesFolder: folder.File("tables"));
        await after.AcceptAsync(lines);

        Assert.Equal("x", Assert.Single(after.Sink.Rows, row => row.Table == name)[name]);
    }

    [Fact]
    public async Task Write_NameTooLongForTheDatabasesFiles_IsOneBadLine()
    {
        using var room = new GatewayRoom();
        string name = new('重', 127);

        WriteResult result = await room.WriteAsync(Bytes($"plain,k=a n=1i {Now}\n{name},k=a v=1i {Now}\nplain,k=b {name}=1i {Now}\nplain,k=c n=1i {Now}\n"));

        Assert.Equal((WriteStatus.Accepted, 2, 2, 0), (result.Status, result.Accepted, result.Quarantined, result.Lost));
        Assert.All(room.Sink.Refused, row => Assert.Contains("381 bytes of UTF-8, at most 23", row.Fault.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("caf\u00e9")]
    [InlineData("caf\u00e9\\ ")]
    [InlineData("\u00ff")]
    public async Task Write_TableNameThatIsNoText_IsABadLineAndNoOtherTables(string latin)
    {
        using var room = new GatewayRoom();
        await room.AcceptAsync(Bytes($"caf\uFFFD v=1i {Now}\n\uFFFD v=1i {Now}\n"));

        WriteResult result = await room.WriteAsync($"{latin},k=a v=1i {Now}\nplain,k=a n=1i {Now}\n");

        Assert.Equal((WriteStatus.Accepted, 1, 1, 0), (result.Status, result.Accepted, result.Quarantined, result.Lost));
        Assert.Equal((LineFaultKind.Table, "a table cannot have this name: it is not valid UTF-8"), (room.Sink.Refused[0].Fault.Kind, room.Sink.Refused[0].Fault.Message));
        Assert.Equal(2, room.Made.Made);
    }

    [Fact]
    public async Task Write_ColumnNameThatIsNoText_IsABadLineAndNoOtherColumn()
    {
        using var room = new GatewayRoom();
        await room.AcceptAsync(Bytes($"plain,k=a \uFFFD=1i {Now}\n"));

        WriteResult result = await room.WriteAsync($"plain,k=a \u00e9=1i {Now}\n");

        Assert.Equal(1, result.Quarantined);
        Assert.Contains("not valid UTF-8", room.Sink.Refused[0].Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_NamesThatTheDatabaseTakesForOne_AreOneTableAndOneColumn()
    {
        using var room = new GatewayRoom();

        await room.AcceptAsync(Bytes($"ask k=1 {Now}\nas\u212a \u212a=2 {Now}\nτιμές v=3 {Now}\nτιμέσ v=4 {Now}\n"));

        Assert.Equal(3, room.Made.Made);
        Assert.Equal(3, Directory.GetFiles(room.TablesFolder).Length);
        Assert.Equal("k", Assert.Single(room.Tables["ask"].Columns).Name);
        Assert.Equal(["1", "2"], room.Sink.Rows.Where(row => row.Table == "ask").Select(row => row["k"]));
    }

    [Fact]
    public async Task Write_TableCannotBeWrittenDown_TakesTheOthersAndHasTheClientAskAgain()
    {
        using var room = new GatewayRoom();
        string inTheWay = Path.Combine(room.TablesFolder, "stuck.sql.new");
        Directory.CreateDirectory(inTheWay);
        string lines = $"plain,k=a n=1i {Now}\nstuck v=1i {Now}\nfresh v=1i {Now}\nstuck v=2i {Now}\nplain,k=b n=1i {Now}\n";

        WriteResult result = await room.WriteAsync(lines);

        Assert.Equal((WriteStatus.Unavailable, 3, 0, 0), (result.Status, result.Accepted, result.Quarantined, result.Lost));
        Assert.StartsWith("a table cannot be made: ", result.Reason, StringComparison.Ordinal);
        Assert.Empty(room.Sink.Refused);

        Directory.Delete(inTheWay);
        await room.AcceptAsync(lines);

        Assert.Equal(["1", "2"], room.Sink.Rows.Where(row => row.Table == "stuck").Select(row => row["v"]));
    }

    [Fact]
    public async Task Write_TableCannotBeWrittenDown_RejectTakesNothing()
    {
        using var room = new GatewayRoom(new GatewayOptions { OnBadLine = BadLine.Reject });
        Directory.CreateDirectory(Path.Combine(room.TablesFolder, "stuck.sql.new"));

        WriteResult result = await room.WriteAsync($"plain,k=a n=1i {Now}\nstuck v=1i {Now}\n");

        Assert.Equal((WriteStatus.Unavailable, 0), (result.Status, result.Accepted));
        Assert.Empty(room.Sink.Rows);
    }

    [SkippableFact]
    public async Task Write_PathOfTheTableTooLong_IsABadLineForItNeverPasses()
    {
        Skip.If(OperatingSystem.IsWindows(), "paths have another length there");
        using var folder = new TemporaryFolder();
        string deep = folder.Path;
        while (deep.Length < 4040)
        {
            deep += '/' + new string('d', Math.Min(200, Math.Max(1, 4050 - deep.Length)));
        }

        using var room = new GatewayRoom(tablesFolder: deep);

        WriteResult result = await room.WriteAsync($"plain,k=a n=1i {Now}\nshort v=1i {Now}\n{new string('a', 100)} v=1i {Now}\n");

        Assert.Equal((WriteStatus.Accepted, 2, 1), (result.Status, result.Accepted, result.Quarantined));
        Assert.Contains("cannot be written down", room.Sink.Refused[0].Fault.Message, StringComparison.Ordinal);
    }

    /// <summary>The text's UTF-8, as <see cref="GatewayRoom.WriteAsync(string, Precision)"/> takes bytes.</summary>
    private static string Bytes(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    [Fact]
    public async Task Write_AfterARestart_KnowsTheTablesThatWereMade()
    {
        using var folder = new TemporaryFolder();
        using (var before = new GatewayRoom(tablesFolder: folder.File("tables")))
        {
            await before.AcceptAsync($"a\\ table\\=,s=x v=1i {Now}\nplain,k=a extra=1.5 {Now}\n");
        }

        using var after = new GatewayRoom(new GatewayOptions { Unknown = UnknownName.Reject }, tablesFolder: folder.File("tables"));
        await after.AcceptAsync($"a\\ table\\=,s=x v=1i {Now}\nplain,k=a extra=1.5 {Now}\n");

        Assert.Equal(2, after.Sink.Rows.Count);
        Assert.Equal(2, after.Made.Made);
        Assert.Equal(["ts", "k"], (string[])[after.Tables["plain"].TimestampName, after.Tables["plain"].Keys.Single().Name]);
    }

    /// <summary>A text field <c>_event</c> suspends any table of QuestDB for good; a tag or a number of that name does not.</summary>
    [Theory]
    [InlineData("plain,k=a n=1i,_event=\"rebalanced\" 1\n", "'_event' cannot name a column of text")]
    [InlineData("anew,k=a n=1i,_EVENT=\"rebalanced\" 1\n", "'_EVENT' cannot name a column of text")]
    [InlineData("sys.telemetry_wal n=1i 1\n", "a table cannot have this name: it is a table of QuestDB's own")]
    public async Task Write_NameThatQuestDbCannotHave_SetsTheLineAside(string line, string reason)
    {
        using var room = new GatewayRoom();

        await room.WriteAsync("plain,k=a n=1i 1\n" + line + "other,_event=tag n=2i 1\n");

        Assert.Contains(reason, Assert.Single(room.Sink.Refused).Fault.Message, StringComparison.Ordinal);
        Assert.True(room.Tables.TryGet("other", out _));
        Assert.False(room.Tables.TryGet("anew", out _));
        Assert.False(room.Tables["plain"].TryGetColumn("_event", out _));
    }

    /// <summary>Rows in the spool need the tables that a version made which knew fewer reserved names.</summary>
    [Fact]
    public void Load_TablesOfAnOlderVersion_AreTakenUpWhateverTheirNames()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("sys.telemetry_wal.sql"), "CREATE TABLE IF NOT EXISTS \"sys.telemetry_wal\" (\"timestamp\" TIMESTAMP, \"_event\" VARCHAR) TIMESTAMP(\"timestamp\") PARTITION BY DAY WAL;");
        var faults = new List<SchemaFault>();
        var tables = new TableCatalog([]);

        MadeTables.Load(folder.Path, tables, faults);

        Assert.Empty(faults);
        Assert.Equal(ColumnType.Varchar, tables["sys.telemetry_wal"]["_event"].Type);
    }

    [Fact]
    public async Task Write_UnknownRejected_SetsAsideWhatNamesIt()
    {
        using var room = new GatewayRoom(new GatewayOptions { Unknown = UnknownName.Reject });

        WriteResult result = await room.WriteAsync($"nowhere v=\"a\nb\" {Now}\nnowhere v==\u0010\n\n\n\n\n\n\n\n {Now}\nplain,k=a n=1i,extra=1i {Now}\nplain,k=a n=1i {Now}\n");

        Assert.Equal(1, result.Accepted);
        Assert.Contains(room.Sink.Refused, row => row.Fault.Message.Contains("there is no table nowhere", StringComparison.Ordinal) && row.Table is null);
        Assert.Contains(room.Sink.Refused, row => row.Fault.Kind == LineFaultKind.Column && row.Fault.Field == "extra");
        Assert.False(Directory.Exists(room.TablesFolder));
    }

    [Theory]
    [InlineData("t v=nan")]
    [InlineData("t v=")]
    [InlineData("t v==\u000E\n\0\0\0\0\0\0\0\0\0")]
    [InlineData("t v==\u0017\u0001\u0001\u0005")]
    [InlineData("t v=1.25d")]
    [InlineData("t v=0x1fi")]
    [InlineData("t v=NaN")]
    [InlineData("t \u00FF=1")]
    [InlineData("t a.b=1")]
    [InlineData("t timestamp=1")]
    [InlineData("t")]
    [InlineData("a/b v=1")]
    public async Task Write_ABadLineOfAnUnknownTable_MakesNoTable(string line)
    {
        using var room = new GatewayRoom();

        WriteResult result = await room.WriteAsync(line + "\n");

        Assert.Equal((0, 1), (result.Accepted, result.Quarantined));
        Assert.Equal(0, room.Made.Made);
    }

    [Theory]
    [InlineData("t v=NaN", "'v' is NaN, which is no number that can be stored")]
    [InlineData("plain,k=a v=-Infinity", "no column can be made for 'v', which is -Infinity")]
    [InlineData("plain,k=a n=1i 1700000000000000000\rrest", "begins behind a carriage return (\\r)")]
    public async Task Write_ABadLine_NamesWhatStandsThere(string line, string reason)
    {
        using var room = new GatewayRoom();

        await room.WriteAsync(line + "\n");

        Assert.Contains(reason, Assert.Single(room.Sink.Refused).Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ABadLineBehindACarriageReturnAndNewline_SaysNothingOfThem()
    {
        using var room = new GatewayRoom();

        await room.WriteAsync($"plain,k=a n=1i {Now}\r\nrest\r\n");

        Assert.DoesNotContain("carriage", Assert.Single(room.Sink.Refused).Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_MoreTablesOrColumnsThanAllowed_SetsTheLinesAside()
    {
        using var room = new GatewayRoom(new GatewayOptions { MaxTables = 3, MaxColumns = 5 });

        WriteResult tables = await room.WriteAsync(string.Concat(Enumerable.Range(0, 10).Select(i => $"t{i} v=1i {Now}\n")));
        WriteResult columns = await room.WriteAsync(string.Concat(Enumerable.Range(0, 10).Select(i => $"t0 c{i}=1i {Now}\n")));

        Assert.Equal((3, 7), (tables.Accepted, tables.Quarantined));
        Assert.Equal((4, 6), (columns.Accepted, columns.Quarantined));
        Assert.Contains("gateway.max_tables", room.Sink.Refused[0].Fault.Message, StringComparison.Ordinal);
        Assert.Contains("gateway.max_columns", room.Sink.Refused[^1].Fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BadLine.Quarantine)]
    [InlineData(BadLine.Reject)]
    internal async Task Write_MoreColumnsThanAllTablesMayGet_SetsTheLinesAside_AndThoseThereAreGoOn(BadLine onBadLine)
    {
        using var room = new GatewayRoom(new GatewayOptions { MaxTotalColumns = 5, OnBadLine = onBadLine });

        await room.AcceptAsync($"t1 a=1i,b=1i {Now}\nt2 a=1i {Now}\nplain,k=a n=1i,c=1i {Now}\n");
        Assert.Equal(4, room.Made.Columns);
        WriteResult two = await room.WriteAsync($"t3 a=1i {Now}\nt4 a=1i {Now}\n");
        await room.WriteAsync($"t5 a=1i {Now}\n");
        WriteResult full = await room.WriteAsync($"t2 b=1i {Now}\n");

        Assert.Equal(onBadLine == BadLine.Reject ? (0, 0) : (1, 1), (two.Accepted, two.Quarantined));
        Assert.Equal(5, room.Made.Columns);
        Assert.Equal(0, full.Accepted);
        Assert.Contains("gateway.max_total_columns", full.Fault?.Message ?? room.Sink.Refused[^1].Fault.Message, StringComparison.Ordinal);
        room.Sink.Refused.Clear();
        await room.AcceptAsync($"t1 a=2i,b=2i {Now}\nt2 a=2i {Now}\nplain,k=a n=2i,c=2i {Now}\n");
        using var after = new GatewayRoom(new GatewayOptions { MaxTotalColumns = 2, MaxColumns = 1 }, tablesFolder: room.TablesFolder);
        Assert.Equal(5, after.Made.Columns);
        await after.AcceptAsync($"t1 a=3i,b=3i {Now}\n");
    }

    [Fact]
    public async Task Write_NoRoomOnTheDatabasesDisk_LeavesWhatWouldMakeAColumnForLater()
    {
        long free = 10L << 30;
        using var room = new GatewayRoom(disk: new GrowthRoom(() => free, 1L << 30));
        await room.AcceptAsync($"t a=1i {Now}\n");
        free = (1L << 30) + GrowthRoom.ColumnBytes;

        WriteResult full = await room.WriteAsync($"t a=2i {Now}\nt b=1i,c=1i {Now}\nplain,k=a n=1i {Now}\n");

        Assert.Equal((WriteStatus.Unavailable, 2, 0), (full.Status, full.Accepted, full.Quarantined));
        Assert.Contains("2 new columns may take 64 MiB of the database's disk, which has 1056 MiB free", full.Reason, StringComparison.Ordinal);
        await room.AcceptAsync($"t d=1i {Now}\n");
    }

    [Fact]
    public async Task Write_MoreKeysThanAllTablesMayHave_SetsTheLinesAside_UntilTheNextDay()
    {
        using var room = new GatewayRoom(new GatewayOptions { MaxTotalSeries = 3 });

        WriteResult first = await room.WriteAsync("plain,k=a n=1i\nplain,k=b n=1i\ncounters,k=a c=1i\ncounters,k=b c=1i\nplain,k=a n=2i\n");
        room.Clock.Advance(TimeSpan.FromDays(1));
        WriteResult next = await room.WriteAsync("readings,k=c b=t\nreadings,k=d b=t\nreadings,k=e b=t\nreadings,k=f b=t\n");

        Assert.Equal((4, 1), (first.Accepted, first.Quarantined));
        Assert.Equal((3, 1), (next.Accepted, next.Quarantined));
        Assert.All(room.Sink.Refused, row => Assert.Contains("gateway.max_total_series", row.Fault.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Write_MoreKeysThanAllowed_SetsTheLinesAside_UntilTheNextDay()
    {
        using var room = new GatewayRoom(new GatewayOptions { MaxSeries = 3 });
        string lines = string.Concat(Enumerable.Range(0, 5).Select(i => $"plain,k=k{i} n=1i\n"));

        WriteResult first = await room.WriteAsync(lines);
        WriteResult again = await room.WriteAsync(lines);
        room.Clock.Advance(TimeSpan.FromDays(1));
        WriteResult tomorrow = await room.WriteAsync("plain,k=k4 n=1i\n");

        Assert.Equal((3, 2, 3, 2, 1), (first.Accepted, first.Quarantined, again.Accepted, again.Quarantined, tomorrow.Accepted));
        Assert.Contains("gateway.max_series", room.Sink.Refused[0].Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_Counters_GetTheirIncrease_AndABlockSentAgainIsTakenOnce()
    {
        using var room = new GatewayRoom();
        const string block = "counters,k=a c=10i 1700000000000000000\ncounters,k=a c=15i 1700000001000000000\n";

        await room.AcceptAsync(block);
        await room.AcceptAsync(block);
        await room.AcceptAsync("counters,k=a c=21i 1700000002000000000\n");

        Assert.Equal([null, "5", "6"], room.Sink.Rows.Select(row => row["c_delta"]));
    }

    [Fact]
    public async Task Write_CountersThatTheSpoolRefused_AreCountedWithTheNextTry()
    {
        using var room = new GatewayRoom();
        await room.AcceptAsync("counters,k=a c=10i 1700000000000000000\n");

        room.Sink.Refusal = _ => "the spool is full";
        WriteResult refused = await room.WriteAsync("counters,k=a c=15i 1700000001000000000\n");
        room.Sink.Refusal = _ => null;
        await room.AcceptAsync("counters,k=a c=15i 1700000001000000000\n");

        Assert.Equal((WriteStatus.Unavailable, "the spool is full"), (refused.Status, refused.Reason));
        Assert.Equal([null, "5"], room.Sink.Rows.Select(row => row["c_delta"]));
    }

    [Fact]
    public async Task Write_ABigRequest_IsHandedOnInPieces()
    {
        using var room = new GatewayRoom();
        string lines = string.Concat(Enumerable.Range(0, 30_000).Select(i => $"plain,k=a n={i}i {1_700_000_000_000_000 + i}t\n"));

        WriteResult result = await room.WriteAsync(lines);

        Assert.Equal((30_000, 0), (result.Accepted, result.Quarantined));
        Assert.Equal(Enumerable.Range(0, 30_000), room.Sink.Rows.Select(row => (int)row.Number("n")));
    }

    [Fact]
    public async Task Write_ManyRequestsAtOnce_TakesEachLineOnce()
    {
        using var room = new GatewayRoom(new GatewayOptions { MaxRequests = 4 });
        var sent = Enumerable.Range(0, 40).Select(i => string.Concat(Enumerable.Range(0, 50).Select(j =>
            $"plain,k=r{i} n={j}i {Now}\nmade{i % 5} c{j % 7}={j}i {Now}\ncounters,k=r{i} c={j}i {1_700_000_000_000_000 + j}t\n"))).ToList();

        WriteResult[] results = await Task.WhenAll(sent.Select(lines => Task.Run(() => room.WriteAsync(lines))));

        Assert.All(results, result => Assert.Equal((150, 0), (result.Accepted, result.Quarantined)));
        Assert.Equal(40 * 150, room.Sink.Rows.Count);
        Assert.Equal(40 * 49, room.Sink.Rows.Where(row => row.Table == "counters").Sum(row => row["c_delta"] is { } delta ? int.Parse(delta, CultureInfo.InvariantCulture) : 0));
    }

    [Fact]
    public async Task Write_GoodLinesInSteadyState_AllocateNothingEach()
    {
        using var room = new GatewayRoom(sink: new CountingSink());
        byte[] few = Lines(10), many = Lines(5000);
        await room.WriteAsync(many);

        long ofFew = Allocation.Least(() => Assert.True(room.Writer.WriteAsync(few, Precision.Nanoseconds, new RequestProgress(), CancellationToken.None).AsTask().IsCompletedSuccessfully));
        long ofMany = Allocation.Least(() => Assert.True(room.Writer.WriteAsync(many, Precision.Nanoseconds, new RequestProgress(), CancellationToken.None).AsTask().IsCompletedSuccessfully));

        Assert.Equal(ofFew, ofMany);

        static byte[] Lines(int count) => Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i => $"plain,k=a n={i}i,d=1.5 {Now}\nreadings,k=x b=t {Now}\n")));
    }
}
