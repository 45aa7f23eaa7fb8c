using Collector.Lines.Tables;

namespace Collector.Tests.Lines.Tables;

public sealed class ViewPlanTests
{
    private static readonly View Wanted = new("t_1h", "t", "SELECT ts, sum(n) AS n FROM t SAMPLE BY 1h", "CREATE …", new Ttl(53, TtlUnit.Week));
    private static readonly LiveView Live = new("\n  SELECT ts, sum(n) AS n\n  FROM t SAMPLE BY 1h", null, new Ttl(53, TtlUnit.Week));

    [Fact]
    public void Compare_SameView_NothingChanges() => Assert.Empty(ViewPlan.Compare(Wanted, Live));

    [Fact]
    public void Compare_NoView_IsMade() =>
        Assert.Equal([new SchemaChange(SchemaChangeKind.CreateView, "t", "make the view t_1h", "CREATE …")], ViewPlan.Compare(Wanted, null));

    [Fact]
    public void Compare_InvalidView_IsRefreshedWithItsReason() => Assert.Equal(
        [new SchemaChange(SchemaChangeKind.RefreshView, "t", "refresh the view t_1h, which stands still (drop column operation)", "REFRESH MATERIALIZED VIEW \"t_1h\" FULL")],
        ViewPlan.Compare(Wanted, Live with { InvalidFor = "drop column operation" }));

    [Fact]
    public void Compare_OtherTtl_IsSet() =>
        Assert.Equal("ALTER MATERIALIZED VIEW \"t_1h\" SET TTL 53 WEEKS", Assert.Single(ViewPlan.Compare(Wanted, Live with { Ttl = null })).Statement);

    [Fact]
    public void Compare_OtherQuery_IsToldAndLeftAlone()
    {
        SchemaChange change = Assert.Single(ViewPlan.Compare(Wanted, Live with { Query = "SELECT ts, max(n) AS n FROM t SAMPLE BY 1h", InvalidFor = "x" }));

        Assert.Equal(SchemaChangeKind.Note, change.Kind);
        Assert.Null(change.Statement);
        Assert.Contains("DROP MATERIALIZED VIEW \"t_1h\"", change.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FolderWithViews_GivesEachToItsTable()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "views"));
        File.WriteAllText(Path.Combine(folder.Path, "t.sql"), "CREATE TABLE t (ts TIMESTAMP, n LONG) TIMESTAMP(ts) PARTITION BY DAY WAL");
        Put("t_1h", "t_1h", "t");
        var faults = new List<SchemaFault>();

        Assert.Equal("t_1h", Assert.Single(TableCatalog.Load(folder.Path, faults)["t"].Views).Name);
        Assert.Empty(faults);

        Put("other", "v", "t");
        Put("t", "t", "t");
        Put("lost", "lost", "nowhere");
        TableCatalog.Load(folder.Path, faults);
        Assert.Equal(
            ["the view lost is of the table nowhere, which has no schema file", "the file defines the view v; call it v.sql", "the view t has the name of a table (names are case-insensitive)"],
            faults.Select(fault => fault.Message));

        void Put(string file, string name, string table) =>
            File.WriteAllText(Path.Combine(folder.Path, "views", file + ".sql"), $"CREATE MATERIALIZED VIEW IF NOT EXISTS {name} WITH BASE {table} AS (SELECT ts, sum(n) AS n FROM {table} SAMPLE BY 1h)");
    }
}
