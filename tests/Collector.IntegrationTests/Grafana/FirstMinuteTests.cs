using Collector.Dashboards;
using Npgsql;

namespace Collector.IntegrationTests.Grafana;

/// <summary>What a newcomer sees half a minute after the start: every panel shows something, or says why it does not.</summary>
public sealed class FirstMinuteTests(Demonstration demonstration) : IClassFixture<Demonstration>
{
    /// <summary>Panels that show what went wrong, or what a venue does not tell: while nothing did they are rightly empty.</summary>
    private static readonly (string Dashboard, int Panel, string? Of)[] RightlyEmpty =
    [
        ("pipeline", 10, null), ("pipeline", 11, null), ("pipeline", 12, null), ("pipeline", 24, null), ("health", 30, null), ("health", 31, null),
        ("health", 42, null), ("exchange", 21, null), ("exchange", 24, "hyperliquid"), ("exchange", 31, null),
    ];

    /// <summary>What says only that there is nothing.</summary>
    private static readonly string[] NoExplanation = ["", "No rows", "No data"];

    public static TheoryData<string> Names => [.. Catalog.All.Select(dashboard => dashboard.Name)];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task Panels_HalfAMinuteAfterTheStart_ShowTheirRows(string name)
    {
        await using NpgsqlConnection connection = await demonstration.ConnectAsync();
        DashboardFile file = DashboardFile.All().First(file => file.Name == name);
        var faults = new List<string>();
        foreach (TimeSpan length in new[] { TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), file.Range })
        {
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            var range = new Zoom(now - length, now, TimeSpan.FromMinutes(1));
            Dictionary<string, Choice> choices = await Choices.AllAsync(connection, file, range, all: true);
            foreach (ShippedQuery query in file.Queries)
            {
                Zoom zoom = range.For(query.Points, query.Least);
                foreach ((string? value, Dictionary<string, Choice> chosen) in Choices.Each(query, choices).Where(drawn => !RightlyEmpty.Contains((name, query.Panel, drawn.Value))))
                {
                    Reply reply = await Reply.OfAsync(connection, Macros.Expand(query.Sql, zoom, chosen));
                    if (reply.Within(zoom, query).Fault(query) is { } fault)
                    {
                        faults.Add($"{query.Where} {value}, last {length}: {fault}");
                    }

                    if (query.PanelType == "stat" && reply.LacksANumber && NoExplanation.Contains(Says(file, query.Panel)))
                    {
                        faults.Add($"{query.Where}, last {length}: a tile without a number does not say why");
                    }
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Panels_ThatAreRightlyEmpty_SayWhy() =>
        Assert.All(RightlyEmpty, empty => Assert.DoesNotContain(Says(DashboardFile.All().First(file => file.Name == empty.Dashboard), empty.Panel), NoExplanation));

    private static string Says(DashboardFile file, int id) =>
        (string?)file.Panels.First(panel => (int?)panel["id"] == id)["fieldConfig"]!["defaults"]!["noValue"] ?? "";
}
