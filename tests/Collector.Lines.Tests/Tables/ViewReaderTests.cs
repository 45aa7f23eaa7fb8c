using Collector.Lines.Tables;

namespace Collector.Tests.Lines.Tables;

public sealed class ViewReaderTests
{
    private const string File = """
        -- By the hour,
        -- for long ranges.
        CREATE MATERIALIZED VIEW IF NOT EXISTS t_1h WITH BASE t REFRESH EVERY 1m AS (
            SELECT ts, sum(n_delta) AS n_delta -- the increase
            FROM t SAMPLE BY 1h
        ) PARTITION BY WEEK TTL 53 WEEKS;
        """;

    [Fact]
    public void Read_View_HasWhatIsNeededToMakeAndCompareIt()
    {
        View view = Read(File)!;

        Assert.Equal(("t_1h", "t", "By the hour, for long ranges."), (view.Name, view.Base, view.Help));
        Assert.Equal("SELECT ts, sum(n_delta) AS n_delta FROM t SAMPLE BY 1h", view.Query);
        Assert.Equal("CREATE MATERIALIZED VIEW IF NOT EXISTS t_1h WITH BASE t REFRESH EVERY 1m AS ( SELECT ts, sum(n_delta) AS n_delta FROM t SAMPLE BY 1h ) PARTITION BY WEEK TTL 53 WEEKS", view.Statement);
        Assert.Equal(new Ttl(53, TtlUnit.Week), view.Ttl);
    }

    [Theory]
    [InlineData("CREATE MATERIALIZED VIEW IF NOT EXISTS v WITH BASE t AS (SELECT ts, last(a) AS a FROM t SAMPLE BY 1h)")]
    [InlineData("CREATE MATERIALIZED VIEW IF NOT EXISTS v WITH BASE t REFRESH IMMEDIATE AS (SELECT ts, last(a) AS a FROM t SAMPLE BY 1h) PARTITION BY DAY;\n")]
    public void Read_ViewWithoutTtl_IsKeptForEver(string text) => Assert.Null(Read(text)!.Ttl);

    [Theory]
    [InlineData("")]
    [InlineData("CREATE TABLE v (ts TIMESTAMP) TIMESTAMP(ts) PARTITION BY DAY WAL")]
    [InlineData("CREATE MATERIALIZED VIEW v AS (SELECT ts, last(a) AS a FROM t SAMPLE BY 1h)")]
    [InlineData("CREATE MATERIALIZED VIEW IF NOT EXISTS v WITH BASE t AS (DROP TABLE t) PARTITION BY DAY")]
    [InlineData("CREATE MATERIALIZED VIEW IF NOT EXISTS v WITH BASE t AS (SELECT 1) PARTITION BY DAY TTL 3")]
    public void Read_AnythingElse_IsAFault(string text)
    {
        var faults = new List<SchemaFault>();

        Assert.Null(ViewReader.Read("v.sql", text, faults));
        Assert.Contains("a view is CREATE MATERIALIZED VIEW", Assert.Single(faults).ToString(), StringComparison.Ordinal);
    }

    private static View? Read(string text)
    {
        var faults = new List<SchemaFault>();
        View? view = ViewReader.Read("t_1h.sql", text, faults);
        Assert.Empty(faults);
        return view;
    }
}
