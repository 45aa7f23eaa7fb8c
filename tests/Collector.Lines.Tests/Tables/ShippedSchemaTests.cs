using Collector.Lines.Tables;

namespace Collector.Tests.Lines.Tables;

public class ShippedSchemaTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(SchemaFiles.Folder, "*.sql").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Load_ShippedFolder_HoldsTheTablesOfTheDesign()
    {
        Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal)
            {
                "daemon_metrics", "exchange_status", "pipeline_metrics", "data_gaps", "storage_usage", "trading_metrics",
                "host_metrics", "scraped_metrics", "collector_status", "source_status",
            },
            SchemaFiles.Load().Select(table => table.Name).ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_ShippedFile_IsAnEventlessTimeSeriesWithHelpEverywhere(string file)
    {
        var faults = new List<SchemaFault>();
        Table? table = SchemaReader.Read(file, File.ReadAllText(Path.Combine(SchemaFiles.Folder, file)), faults);

        Assert.Empty(faults);
        Assert.NotNull(table);
        Assert.NotEmpty(table.Help);
        Assert.NotEmpty(table.TimestampHelp);
        Assert.NotEmpty(table.Keys);
        Assert.NotNull(table.Ttl);
        Assert.Equal("timestamp", table.TimestampName);
        Assert.Equal("DAY", table.PartitionBy);
        Assert.All(table.Columns, column => Assert.NotEmpty(column.Help));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Read_ShippedFile_PutsKeysFirstAndADeltaBehindEachCounter(string file)
    {
        Table table = SchemaFiles.Load()[Path.GetFileNameWithoutExtension(file)];

        Assert.All(table.Columns.Take(table.Keys.Length), column => Assert.True(column.IsKey, $"{column} stands among the keys"));
        Assert.All(table.Columns.Where(column => column.IsCounter), column =>
        {
            Assert.NotNull(column.Delta);
            Assert.Equal(column.Ordinal + 1, column.Delta.Ordinal);
            Assert.Null(column.Delta.Metric);
            Assert.Equal(column.Unit, column.Delta.Unit);
        });
        Assert.All(
            table.Columns.Where(column => column.Name.EndsWith("_delta", StringComparison.Ordinal)),
            column => Assert.True(column.IsDelta, $"{column} has no counter"));
    }

    [Theory]
    [InlineData("scraped_metrics")]
    [InlineData("data_gaps")]
    [InlineData("collector_status")]
    [InlineData("source_status")]
    public void Read_TableThatIsNotExposed_HasNoMetric(string table) =>
        Assert.DoesNotContain(SchemaFiles.Load()[table].Columns, column => column.Metric is not null);

    [Theory]
    [InlineData("collector_status", "accepted,delivered,quarantined,dropped")]
    [InlineData("source_status", "readings,errors")]
    [InlineData("exchange_status", "message_count,reconnect_count")]
    [InlineData("trading_metrics", "orders_placed,orders_filled")]
    [InlineData("daemon_metrics", "fetch_count,error_count,liquidation_count,restart_count")]
    public void Read_TableWithCounters_KnowsThem(string table, string counters) =>
        Assert.Equal(counters.Split(','), SchemaFiles.Load()[table].Columns.Where(column => column.IsCounter).Select(column => column.Name));

    [Fact]
    public void Read_EveryMetric_HasOneName()
    {
        string[] names = [.. SchemaFiles.Load().SelectMany(table => table.Columns).Select(column => column.Metric?.Name).OfType<string>()];

        Assert.True(names.Length > 40);
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
    }
}
