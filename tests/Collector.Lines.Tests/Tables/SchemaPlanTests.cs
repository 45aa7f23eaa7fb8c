using Collector.Lines.Tables;

namespace Collector.Tests.Lines.Tables;

public sealed class SchemaPlanTests
{
    private const string Schema = """
        CREATE TABLE t (ts TIMESTAMP, venue SYMBOL, side SYMBOL, up BOOLEAN, n LONG, x DOUBLE, at TIMESTAMP, note VARCHAR)
        TIMESTAMP(ts) PARTITION BY DAY TTL 90 DAYS WAL DEDUP UPSERT KEYS(ts, venue, side)
        """;

    private static readonly Table Wanted = Read(Schema);

    [Fact]
    public void Compare_NoTable_IsMade()
    {
        SchemaChange change = Assert.Single(SchemaPlan.Compare(Wanted, null));

        Assert.Equal(SchemaChangeKind.CreateTable, change.Kind);
        Assert.Equal(Wanted.CreateStatement(), change.Statement);
    }

    [Fact]
    public void Compare_SameTable_NothingChanges() => Assert.Empty(SchemaPlan.Compare(Wanted, Live()));

    [Fact]
    public void Compare_NamesInOtherCase_NothingChanges() => Assert.Empty(SchemaPlan.Compare(Wanted, Live() with
    {
        Name = "T",
        Timestamp = "TS",
        Columns = [.. Live().Columns.Select(c => c with { Name = c.Name.ToUpperInvariant() })],
    }));

    [Fact]
    public void Compare_TableThatLinesMade_LeavesKeysTtlAndPartitioningAlone()
    {
        Table made = TableGrowth.New("t").With([("venue", ColumnType.Symbol, null), ("n", ColumnType.Long, null), ("more", ColumnType.Double, null)]);

        SchemaChange change = Assert.Single(
            SchemaPlan.Compare(made, Live() with { Timestamp = "timestamp", PartitionBy = "MONTH" }), change => change.Kind != SchemaChangeKind.Note);

        Assert.Equal("ALTER TABLE \"t\" ADD COLUMN IF NOT EXISTS \"more\" DOUBLE", change.Statement);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("DOUBLE")]
    [InlineData("VARCHAR")]
    [InlineData("UUID")]
    public void Compare_TableThatLinesMade_LeavesTypesAndTheTimesNameAlone(string type)
    {
        LiveTable live = Live() with { Timestamp = "when", Columns = [.. Live().Columns.Select(c => c.Name == "n" ? c with { Type = type } : c)] };

        Assert.DoesNotContain(SchemaPlan.Compare(TableGrowth.New("t").With([("n", ColumnType.Long, null)]), live), change => change.IsRefused);
        Assert.Contains(SchemaPlan.Compare(Wanted, live), change => change.IsRefused);
    }

    [Fact]
    public void Compare_MissingColumns_AreAddedInTheFilesOrder()
    {
        LiveTable live = Live() with { Columns = [.. Live().Columns.Where(c => c.Name is not ("n" or "note"))] };

        Assert.Equal(
            ["ALTER TABLE \"t\" ADD COLUMN IF NOT EXISTS \"n\" LONG", "ALTER TABLE \"t\" ADD COLUMN IF NOT EXISTS \"note\" VARCHAR"],
            [.. SchemaPlan.Compare(Wanted, live).Select(change => change.Statement!)]);
    }

    [Fact]
    public void Compare_MissingKeyColumn_IsAddedBeforeItBecomesAKey()
    {
        LiveTable live = Live() with { Columns = [.. Live().Columns.Where(c => c.Name != "side")] };

        Assert.Equal(
            [SchemaChangeKind.AddColumn, SchemaChangeKind.SetKeys],
            SchemaPlan.Compare(Wanted, live).Select(change => change.Kind));
    }

    [Theory]
    [InlineData("90 DAYS", 2160, "Hour")]
    [InlineData("2 WEEKS", 14, "Day")]
    [InlineData("2 YEARS", 24, "Month")]
    public void Compare_SameTtlInOtherUnits_NothingChanges(string ttl, int value, string unit) =>
        Assert.Empty(SchemaPlan.Compare(WithTtl($"TTL {ttl}"), Live() with { Ttl = new Ttl(value, Enum.Parse<TtlUnit>(unit)) }));

    [Theory]
    [InlineData("TTL 90 DAYS", null, "SET TTL 90 DAYS")]
    [InlineData("TTL 1 MONTH", 28, "SET TTL 1 MONTH")]
    [InlineData("TTL 1 DAY", 90, "SET TTL 1 DAY")]
    [InlineData("", 90, "SET TTL 0 HOURS")]
    public void Compare_OtherTtl_IsSet(string wanted, int? days, string statement)
    {
        LiveTable live = Live() with { Ttl = days is { } value ? new Ttl(value, TtlUnit.Day) : null };

        Assert.Equal($"ALTER TABLE \"t\" {statement}", Assert.Single(SchemaPlan.Compare(WithTtl(wanted), live)).Statement);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(91, true)]
    [InlineData(89, false)]
    public void Compare_ShorterTtl_SaysThatOlderRowsGo(int? days, bool told)
    {
        LiveTable live = Live() with { Ttl = days is { } value ? new Ttl(value, TtlUnit.Day) : null };

        Assert.Equal(told, Assert.Single(SchemaPlan.Compare(Wanted, live)).Description.EndsWith("to 90 DAYS, which deletes older rows at once", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new[] { "ts", "venue" }, false, true)]              // more keys: two rows stay two
    [InlineData(new[] { "ts" }, false, true)]
    [InlineData(new string[0], true, true)]                         // no two rows have them alike
    [InlineData(new string[0], false, false)]                       // a new row would overwrite all those with its keys
    [InlineData(new[] { "ts", "venue", "side", "at" }, false, false)]
    [InlineData(new[] { "ts", "venue", "at" }, true, false)]
    public void Compare_OtherKeys_AreSetWhereNoRowIsLost(string[] keys, bool areDistinct, bool mended)
    {
        SchemaChange change = Assert.Single(SchemaPlan.Compare(Wanted, Live(keys) with { HasDistinctKeys = areDistinct }));

        const string Statement = "ALTER TABLE \"t\" DEDUP ENABLE UPSERT KEYS(\"ts\", \"venue\", \"side\")";
        Assert.Equal(mended ? SchemaChangeKind.SetKeys : SchemaChangeKind.Refused, change.Kind);
        Assert.Equal(mended ? Statement : null, change.Statement);
        Assert.Equal(!mended, change.Advice.Contains(Statement, StringComparison.Ordinal));
    }

    [Fact]
    public void Compare_KeysThatTheFileDoesNotWant_AreTakenAway()
    {
        Table table = Read(Schema.Replace("DEDUP UPSERT KEYS(ts, venue, side)", "", StringComparison.Ordinal));

        Assert.Equal("ALTER TABLE \"t\" DEDUP DISABLE", Assert.Single(SchemaPlan.Compare(table, Live())).Statement);
        Assert.Empty(SchemaPlan.Compare(table, Live([])));
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { nameof(LiveTable.IsTable), "is a view" },
        { nameof(LiveTable.IsSystem), "is a table of the database's own" },
        { nameof(LiveTable.Timestamp), "has no designated timestamp, the schema file says ts" },
        { nameof(LiveTable.PartitionBy), "is partitioned by HOUR, the schema file says DAY" },
        { nameof(LiveTable.IsWal), "is no WAL table" },
        { "type", "has the column x as LONG, the schema file says DOUBLE" },
        { "timestamp type", "has the column ts as TIMESTAMP_NS, the schema file says TIMESTAMP" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Compare_DifferenceThatNeedsANewTable_IsRefusedWithAdvice(string what, string description)
    {
        LiveTable live = what switch
        {
            nameof(LiveTable.IsTable) => Live() with { IsTable = false },
            nameof(LiveTable.IsSystem) => Live() with { IsSystem = true },
            nameof(LiveTable.Timestamp) => Live() with { Timestamp = null },
            nameof(LiveTable.PartitionBy) => Live() with { PartitionBy = "HOUR" },
            nameof(LiveTable.IsWal) => Live() with { IsWal = false },
            "type" => Live() with { Columns = [.. Live().Columns.Select(c => c.Name == "x" ? c with { Type = "LONG" } : c)] },
            _ => Live() with { Columns = [.. Live().Columns.Select(c => c.Name == "ts" ? c with { Type = "TIMESTAMP_NS" } : c)] },
        };

        SchemaChange change = Assert.Single(SchemaPlan.Compare(Wanted, live));

        Assert.True(change.IsRefused);
        Assert.Null(change.Statement);
        Assert.Contains(description, change.Description, StringComparison.Ordinal);
        Assert.NotEmpty(change.Advice);
    }

    [Fact]
    public void Compare_MoreColumnsAndSuspended_AreNoted()
    {
        LiveTable live = Live() with { IsSuspended = true, Columns = [.. Live().Columns, new LiveColumn("extra", "INT")] };

        IReadOnlyList<SchemaChange> changes = SchemaPlan.Compare(Wanted, live);

        Assert.All(changes, change => Assert.Equal(SchemaChangeKind.Note, change.Kind));
        Assert.Collection(
            changes,
            suspended => Assert.Equal("t: is suspended: rows are taken and not shown; see wal_tables() for the cause, then run ALTER TABLE \"t\" RESUME WAL", suspended.ToString()),
            more => Assert.Equal("t: has extra beyond the schema file; left alone", more.ToString()));
    }

    [Theory]
    [InlineData('a', 40, 500)]
    [InlineData('資', 70, 60)]
    [InlineData('a', 127, 1999)]
    public void Compare_NoTableAndManyColumns_AreMadeInStatementsThatFitAUrl(char character, int length, int columns)
    {
        var names = Enumerable.Range(0, columns).Select(i => $"c{i}_".PadRight(length, character)).ToList();
        Table table = Read($"CREATE TABLE t (ts TIMESTAMP, {string.Join(", ", names.Select(name => $"\"{name}\" DOUBLE"))}, late SYMBOL) TIMESTAMP(ts) PARTITION BY DAY WAL DEDUP UPSERT KEYS(ts, late)");

        IReadOnlyList<SchemaChange> changes = SchemaPlan.Compare(table, null);

        Assert.All(changes, change => Assert.InRange(Uri.EscapeDataString(change.Statement!).Length, 1, 30_000));
        Assert.Equal(SchemaChangeKind.CreateTable, changes[0].Kind);
        Assert.Contains("DEDUP UPSERT KEYS(\"ts\", \"late\")", changes[0].Statement, StringComparison.Ordinal);
        Assert.All(changes.Skip(1), change => Assert.Equal(SchemaChangeKind.AddColumn, change.Kind));
        string all = string.Join('\n', changes.Select(change => change.Statement));
        Assert.All(names, name => Assert.Equal(2, all.Split($"\"{name}\" DOUBLE").Length));
    }

    [Fact]
    public void Compare_ColumnThatSuspendsTheTable_IsRefusedWhereItWouldBeMade()
    {
        Table made = TableGrowth.New("t").With([("n", ColumnType.Long, null), ("_event", ColumnType.Varchar, null)]);

        SchemaChange missing = Assert.Single(SchemaPlan.Compare(made, null));
        IReadOnlyList<SchemaChange> older = SchemaPlan.Compare(made, Live() with { Timestamp = "timestamp" });

        Assert.True(missing.IsRefused);
        Assert.Contains("cannot have the column _event", missing.Description, StringComparison.Ordinal);
        Assert.Contains(older, change => change.Description == missing.Description);
    }

    private static Table WithTtl(string ttl) => Read(Schema.Replace("TTL 90 DAYS", ttl, StringComparison.Ordinal));

    private static Table Read(string text)
    {
        var faults = new List<SchemaFault>();
        Table? table = SchemaReader.Read("t.sql", text, faults);
        Assert.Empty(faults);
        return table!;
    }

    private static LiveTable Live() => Live(["ts", "venue", "side"]);

    private static LiveTable Live(string[] keys) => new()
    {
        Name = "t",
        Timestamp = "ts",
        PartitionBy = "DAY",
        Ttl = new Ttl(90, TtlUnit.Day),
        Columns =
        [
            .. Wanted.Columns.Select(c => new LiveColumn(c.Name, c.Type.ToString().ToUpperInvariant(), keys.Contains(c.Name, StringComparer.Ordinal))).Prepend(new LiveColumn("ts", "TIMESTAMP", keys.Contains("ts", StringComparer.Ordinal))),
        ],
    };
}
