using System.Text;
using Collector.Capabilities.Gateway;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Tests.Capabilities.Gateway;

public sealed class AdoptedTablesTests
{
    private const string Now = "1700000000000000000";

    private static readonly LiveTable Ticks = new()
    {
        Name = "Ticks",
        Timestamp = "ts",
        PartitionBy = "HOUR",
        Ttl = new Ttl(2, TtlUnit.Day),
        Columns = [new("s", "SYMBOL"), new("ts", "TIMESTAMP_NS", IsKey: true), new("id", "UUID", IsKey: true), new("d", "DECIMAL(18,4)"), new("n", "LONG"), new("n_delta", "LONG"), new("up", "BOOLEAN"), new("a", "DOUBLE[]"), new("g", "GEOHASH(5c)")],
    };

    [Fact]
    public async Task Write_TableOfTheDatabase_PassesValuesOnAsTheyWereSent()
    {
        var sink = new RawSink();
        using var room = new GatewayRoom(sink: sink, database: new FakeDatabase(Ticks));

        WriteResult result = await room.WriteAsync(
            $"ticks,s=a\\ b D=1.250,n=5i,id=\"x\" 1700000000000000789\nTICKS up=t,n=-1i,id=5i {Now}\nticks a==\u000E\n\u0001\u0000\u0000\u0000\u0000,g=\"q\\\"\" {Now}\nticks n= {Now}\nticks,s=c\n");

        Assert.Equal((WriteStatus.Accepted, 4, 1), (result.Status, result.Accepted, result.Quarantined));
        Assert.Equal(
            $"Ticks,s=a\\ b id=\"x\",d=1.250,n=5i 1700000000000000789\nTicks a==\u000E\n\u0001\0\0\0\0,g=\"q\\\"\" {Now}\nTicks n= {Now}\nTicks,s=c 1700000000000004000\n",
            sink.Text);
        Assert.Contains("id is UUID and cannot take", Assert.Single(sink.Refused).Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_TableOfTheDatabase_CountsToNoLimit()
    {
        using var room = new GatewayRoom(new GatewayOptions { MaxTables = 0, MaxColumns = 1, MaxSeries = 1 }, database: new FakeDatabase(Ticks));

        WriteResult result = await room.WriteAsync($"ticks,s=a n=1i {Now}\nticks,s=b n=2i {Now}\nother v=1 {Now}\n");

        Assert.Equal((2, 1, 0), (result.Accepted, result.Quarantined, room.Made.Made));
    }

    [Fact]
    public async Task Write_ColumnsThatTheDatabaseLacks_AreMadeAndCounted()
    {
        using var room = new GatewayRoom(new GatewayOptions { MaxTables = 1, MaxColumns = 1 }, database: new FakeDatabase(Ticks));

        WriteResult result = await room.WriteAsync($"ticks n=1i,more=1 {Now}\nticks n=1i,much=1 {Now}\nother v=1 {Now}\n");

        Assert.Equal((1, 2, 1), (result.Accepted, result.Quarantined, room.Made.Made));
        Assert.Equal(["more"], room.Tables["ticks"].Columns.Where(column => column.IsMade).Select(column => column.Name));
    }

    [Fact]
    public async Task Write_DatabaseAway_MakesTheTableFromLines_AndTakesItUpLater()
    {
        var database = new FakeDatabase(Ticks) { IsAway = true };
        using var room = new GatewayRoom(new GatewayOptions { MaxTables = 1 }, database: database);
        await room.AcceptAsync($"ticks,s=a n=1i,d=1.5,more=t {Now}\n");
        Assert.Equal(1, room.Made.Made);

        Table? adopted = room.Made.Adopt("ticks", Ticks);

        Assert.Same(room.Tables["ticks"], adopted);
        Assert.Equal(("ts", "TIMESTAMP_NS", "DECIMAL(18,4)"), (adopted!.TimestampName, adopted.TimestampType, adopted["d"].TypeName));
        Assert.Equal(["more"], adopted.Columns.Where(column => column.IsMade).Select(column => column.Name));
        Assert.True(adopted.IsAdopted);
        Assert.Same(adopted, room.Made.Adopt("ticks", Ticks with { Columns = [.. Ticks.Columns, new("more", "BOOLEAN")] }) is { } again && again["more"].IsMade ? adopted : null);
    }

    [Fact]
    public async Task Write_DatabaseAway_TurnsNoLineAwayByAGuess_AlsoAfterARestart()
    {
        using var folder = new TemporaryFolder();
        var sink = new RawSink();
        using (var room = new GatewayRoom(sink: sink, tablesFolder: folder.File("tables"), database: new FakeDatabase(Ticks) { IsAway = true }))
        {
            await room.WriteAsync($"ticks n=\"bad\" {Now}\nticks n=1i {Now}\n");
        }

        using var after = new GatewayRoom(sink: sink, tablesFolder: folder.File("tables"), database: new FakeDatabase(Ticks) { IsAway = true });
        await after.WriteAsync($"ticks n=2.5 {Now}\n");

        Assert.Empty(sink.Refused);
        Assert.Equal($"ticks n=\"bad\" {Now}\nticks n=1i {Now}\nticks n=2.5 {Now}\n", sink.Text);
        after.Made.Adopt("ticks", Ticks);
        await after.WriteAsync($"ticks n=2.5 {Now}\n");
        Assert.Contains("n is LONG and cannot take", Assert.Single(sink.Refused).Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adopt_GuessThatTheDatabaseLacks_IsAsLinesMadeIt()
    {
        using var room = new GatewayRoom(database: new FakeDatabase { IsAway = true });
        await room.AcceptAsync($"fresh n=1i {Now}\n");

        room.Made.Adopt("fresh", null);
        WriteResult result = await room.WriteAsync($"fresh n=\"bad\" {Now}\n");

        Assert.Equal((0, 1, 1), (result.Accepted, result.Quarantined, room.Made.Made));
        Assert.False(room.Tables["fresh"].IsAdopted);
    }

    [Fact]
    public async Task Adopt_TableThatLinesMade_StaysTheGateways()
    {
        using var room = new GatewayRoom();
        await room.AcceptAsync($"made,s=a n=1i,up=t {Now}\n");
        Table made = room.Tables["made"];

        room.Made.Adopt("made", null); // the database has none, and gets it
        Table? adopted = room.Made.Adopt("made", new LiveTable
        {
            Name = "made",
            Timestamp = "timestamp",
            PartitionBy = "DAY",
            Columns = [new("timestamp", "TIMESTAMP"), .. made.Columns.Select(column => new LiveColumn(column.Name, column.TypeName))],
        });

        Assert.Same(made, adopted);
        Assert.Equal(1, room.Made.Made);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Write_WhatTakesNoRows_IsABadLine(bool isView)
    {
        LiveTable closed = isView ? Ticks with { IsTable = false } : Ticks with { IsWal = false };
        using var room = new GatewayRoom(database: new FakeDatabase(closed));

        WriteResult result = await room.WriteAsync($"ticks n=1i {Now}\nplain,k=a n=1i {Now}\n");

        Assert.Equal((1, 1, 0), (result.Accepted, result.Quarantined, room.Made.Made));
        Assert.Contains(isView ? "is a view" : "is no WAL table", Assert.Single(room.Sink.Refused).Fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_ManyUnknownNames_AsksForABoundedNumberOfThem()
    {
        var database = new FakeDatabase();
        using var room = new GatewayRoom(new GatewayOptions { Unknown = UnknownName.Reject }, database: database);
        string lines = string.Concat(Enumerable.Range(0, 3000).Select(i => $"t{i} v=1 {Now}\n"));

        await room.WriteAsync(lines);
        await room.WriteAsync(lines);

        Assert.Equal(1000, database.Asked.Count);
        room.Clock.Advance(TimeSpan.FromSeconds(6));
        await room.WriteAsync($"t0 v=1 {Now}\n");
        Assert.Equal(1001, database.Asked.Count);
    }

    [Fact]
    public async Task Write_AfterARestart_KnowsWhatTheDatabaseHad()
    {
        using var folder = new TemporaryFolder();
        Table before;
        using (var room = new GatewayRoom(tablesFolder: folder.File("tables"), database: new FakeDatabase(Ticks)))
        {
            await room.WriteAsync($"ticks,s=a n=1i,more=t {Now}\n");
            before = room.Tables["ticks"];
        }

        using var after = new GatewayRoom(tablesFolder: folder.File("tables"), database: new FakeDatabase { IsAway = true });

        Table table = after.Tables["ticks"];
        Assert.True(before.IsSame(table));
        Assert.Equal(before.CreateStatement(), table.CreateStatement());
        Assert.Equal(1, after.Made.Made); // the column that lines brought
        await after.WriteAsync($"ticks up=f {Now}\n");
        Assert.Empty(after.Sink.Refused);
    }

    [Fact]
    public async Task Write_FileOfTheVersionBefore_KeepsItsLongOfZeroAndOne()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("tables"));
        await File.WriteAllTextAsync(
            Path.Combine(folder.File("tables"), "trades.sql"),
            "-- Made by the gateway from the first lines that named it, or a column of it.\nCREATE TABLE IF NOT EXISTS \"trades\" (\"timestamp\" TIMESTAMP,\n    \"side\" SYMBOL,\n    \"live\" LONG) TIMESTAMP(\"timestamp\") PARTITION BY DAY WAL;\n");
        using var room = new GatewayRoom(tablesFolder: folder.File("tables"), database: new FakeDatabase { IsAway = true });

        await room.AcceptAsync($"trades,side=buy live=t {Now}\ntrades,side=buy live=0i {Now}\ntrades,side=buy fresh=t {Now}\n");

        Assert.Equal(["1", "0", null], room.Sink.Rows.Select(row => row["live"]));
        Assert.Equal((ColumnType.Long, ColumnType.Boolean), (room.Tables["trades"]["live"].Type, room.Tables["trades"]["fresh"].Type));
        Assert.Equal(1, room.Made.Made);
    }

    /// <summary>Keeps the bytes that are handed in; those below 256 stand for themselves.</summary>
    private sealed class RawSink : ILineSink
    {
        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        public List<RefusedRow> Refused { get; } = [];

        public ValueTask<string?> AcceptAsync(LineRows rows, CancellationToken cancellationToken)
        {
            _text.Append(Encoding.Latin1.GetString(rows.Bytes.Span));
            return ValueTask.FromResult<string?>(null);
        }

        public int Refuse(IReadOnlyList<RefusedRow> rows)
        {
            Refused.AddRange(rows);
            return rows.Count;
        }
    }
}
