using Collector.Lines.Tables;

namespace Collector.Tests.Lines.Tables;

public sealed class TableWarningTests
{
    [Theory]
    [InlineData("-- A log.", "DEDUP UPSERT KEYS(ts, k)", null)]
    [InlineData("-- A log.", "", "no dedup keys")]
    [InlineData("-- A log. [events]", "DEDUP UPSERT KEYS(ts, k)", "no id among its keys")]
    [InlineData("-- A log. [events]", "DEDUP UPSERT KEYS(ts, k, order_id)", null)]
    [InlineData("-- A log. [events]", "", "no dedup keys")]
    public void Warning_TableThatMayLoseRows_SaysWhy(string help, string keys, string? warning)
    {
        var faults = new List<SchemaFault>();
        Table? table = SchemaReader.Read(
            "t.sql", $"{help}\nCREATE TABLE t (ts TIMESTAMP, k SYMBOL, order_id SYMBOL, x DOUBLE) TIMESTAMP(ts) PARTITION BY DAY WAL {keys}", faults);

        Assert.Empty(faults);
        Assert.Equal("A log.", table!.Help);
        if (warning is null)
        {
            Assert.Null(table.Warning);
        }
        else
        {
            Assert.Contains(warning, table.Warning, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Warning_ShippedTables_HaveNone()
    {
        Assert.All(TableCatalog.Load(Path.Combine(Repository.Folder, "schemas"), []), table => Assert.Null(table.Warning));
    }
}
