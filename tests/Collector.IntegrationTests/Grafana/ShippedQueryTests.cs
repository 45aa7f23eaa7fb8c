using Collector.Dashboards;
using Npgsql;

namespace Collector.IntegrationTests.Grafana;

/// <summary>Every query that the dashboards ship, on a QuestDB with a week of rows.</summary>
public sealed class ShippedQueryTests(OperationDatabase database) : IClassFixture<OperationDatabase>
{
    private static readonly string[] Retired = ["old-fetcher", "kraken", "grid"];

    public static TheoryData<string> Names => [.. Catalog.All.Select(dashboard => dashboard.Name)];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Queries_OverAnHour_FindRows(string name) => await EveryQueryAsync(name, TimeSpan.FromHours(1), all: true);

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Queries_OverAWeek_FindRows(string name) => await EveryQueryAsync(name, Operation.Length, all: true);

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Queries_WithEverythingChosenByName_FindRowsToo(string name) => await EveryQueryAsync(name, TimeSpan.FromHours(1), all: false);

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Queries_OfWhatIsNot_AreAnsweredAllTheSame(string name)
    {
        await using NpgsqlConnection connection = await database.ConnectAsync();
        DashboardFile file = DashboardFile.All().First(file => file.Name == name);
        Zoom before = new(database.End.AddDays(-60), database.End.AddDays(-59), TimeSpan.FromMinutes(5));
        var nobody = file.Variables.ToDictionary(variable => (string)variable["name"]!, _ => new Choice(false, "nobody"), StringComparer.Ordinal);

        foreach (ShippedQuery query in file.Queries)
        {
            await Reply.OfAsync(connection, Macros.Expand(query.Sql, before, nobody));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Queries_OfWhatIsNow_LeaveTheRetiredOut(string name)
    {
        await using NpgsqlConnection connection = await database.ConnectAsync();
        DashboardFile file = DashboardFile.All().First(file => file.Name == name);
        Zoom hour = new(database.End.AddHours(-1), database.End, TimeSpan.FromMinutes(1));
        Dictionary<string, Choice> choices = await Choices.AllAsync(connection, file, hour, all: true);

        foreach (ShippedQuery query in file.Queries.Where(query => !query.IsSeries))
        {
            Reply reply = await Reply.OfAsync(connection, Macros.Expand(query.Sql, hour, choices));
            Assert.DoesNotContain(reply.Rows.SelectMany(row => row).OfType<string>(), text => Retired.Contains(text, StringComparer.Ordinal));
        }
    }

    [SkippableFact]
    public async Task TradingByTheMinute_OfTheWeek_AddsUpToItsTable()
    {
        await using NpgsqlConnection connection = await database.ConnectAsync();

        Reply rows = await Reply.OfAsync(
            connection, "SELECT strategy, last_not_null(pnl), last_not_null(equity), max(drawdown_pct), sum(orders_placed_delta), sum(orders_filled_delta) FROM trading_metrics WHERE state != 'retired' ORDER BY strategy");
        Reply minutes = await Reply.OfAsync(
            connection, "SELECT strategy, last_not_null(pnl), last_not_null(equity), max(drawdown_pct_max), sum(orders_placed_delta), sum(orders_filled_delta) FROM trading_metrics_1m ORDER BY strategy");

        Assert.NotEmpty(rows.Rows);
        Assert.Equal(rows.Rows, minutes.Rows);
    }

    [SkippableTheory]
    [InlineData("SELECT timestamp AS time, no_such_column FROM daemon_metrics WHERE $__timeFilter(timestamp)", true, "Invalid column: no_such_column")]
    [InlineData("SELECT daemon FROM no_such_table WHERE $__timeFilter(timestamp)", false, "does not exist")]
    [InlineData("SELECT timestamp AS time, cpu_percent FROM daemon_metrics WHERE $__timeFilter(timestamp) AND daemon = 'nobody'", true, "no value at all")]
    [InlineData("SELECT timestamp AS time, daemon, downtime_seconds FROM daemon_metrics WHERE $__timeFilter(timestamp) AND daemon = 'market-data'", true, "no value at all")]
    [InlineData("SELECT timestamp AS time, cpu_percent FROM daemon_metrics WHERE $__timeFilter(timestamp) ORDER BY time DESC", true, "order of time")]
    [InlineData("SELECT timestamp, cpu_percent FROM daemon_metrics WHERE $__timeFilter(timestamp)", true, "called time")]
    [InlineData("SELECT timestamp AS time, running, cpu_percent FROM daemon_metrics WHERE $__timeFilter(timestamp)", true, "make it a number")]
    [InlineData("SELECT timestamp AS time, daemon FROM daemon_metrics WHERE $__timeFilter(timestamp)", true, "needs a number")]
    [InlineData("SELECT daemon FROM daemon_metrics WHERE $__timeFilter(timestamp)", false, "a tile needs a number")]
    [InlineData("SELECT daemon FROM daemon_metrics WHERE $__timeFilter(timestamp) AND $__since(now)", false, "$__since")]
    public async Task Fault_OfABrokenQuery_IsFound(string sql, bool isSeries, string fault)
    {
        await using NpgsqlConnection connection = await database.ConnectAsync();
        Zoom hour = new(database.End.AddHours(-1), database.End, TimeSpan.FromMinutes(1));
        var query = new ShippedQuery("broken", sql, isSeries, 600) { PanelType = isSeries ? "timeseries" : "stat" };

        IReadOnlyList<string> faults = await FaultsAsync(connection, query, hour, new Dictionary<string, Choice>(StringComparer.Ordinal));

        Assert.Contains(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    private async Task EveryQueryAsync(string name, TimeSpan length, bool all)
    {
        await using NpgsqlConnection connection = await database.ConnectAsync();
        DashboardFile file = DashboardFile.All().First(file => file.Name == name);
        Dictionary<string, Choice> choices = await Choices.AllAsync(connection, file, new Zoom(database.End - length, database.End, TimeSpan.FromMinutes(1)), all);
        var faults = new List<string>();
        foreach (ShippedQuery query in file.Queries)
        {
            faults.AddRange(await FaultsAsync(connection, query, At(query, length), Choices.For(query, choices)));
        }

        Assert.Empty(faults);
    }

    private Zoom At(ShippedQuery query, TimeSpan length)
    {
        // Whole buckets need three of them in sight.
        TimeSpan seen = length > 3 * query.Least ? length : 3 * query.Least;
        return new Zoom(database.End - seen, database.End, TimeSpan.Zero).For(query.Points, query.Least);
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(NpgsqlConnection connection, ShippedQuery query, Zoom zoom, IReadOnlyDictionary<string, Choice> choices)
    {
        try
        {
            Reply reply = await Reply.OfAsync(connection, Macros.Expand(query.Sql, zoom, choices));
            return reply.Fault(query) is { } fault ? [$"{query.Where}: {fault}"] : [];
        }
        catch (Exception refused) when (refused is NpgsqlException or FormatException)
        {
            return [$"{query.Where}: {refused.Message}"];
        }
    }
}
