using Npgsql;

namespace Collector.IntegrationTests.Grafana;

/// <summary>Every query that the documentation shows and the exports ship, on a QuestDB with a week of rows.</summary>
public sealed class DocumentedQueryTests(OperationDatabase database) : IClassFixture<OperationDatabase>
{
    private const string Questions = "docs/queries.md";
    private static readonly Dictionary<string, Choice> NoVariables = new(StringComparer.Ordinal);

    public static TheoryData<string> PagesWithSql => [.. DocumentedQuery.Pages().Where(page => DocumentedQuery.OfPage(page).Count > 0)];

    [SkippableTheory]
    [MemberData(nameof(PagesWithSql))]
    public async Task Queries_OfEachPage_AreAnswered(string page) => await EveryQueryAsync(DocumentedQuery.OfPage(page), mustFind: page == Questions);

    [SkippableFact]
    public async Task Queries_OfTheExports_FindRows() => await EveryQueryAsync(DocumentedQuery.Exports(), mustFind: true);

    [Fact]
    public void Questions_Page_HasQueries() => Assert.InRange(DocumentedQuery.OfPage(Questions).Count, 15, 40);

    [Fact]
    public void In_Page_FindsEachBlockUnderItsHeading() => Assert.Equal(
        [new DocumentedQuery("p.md, Two", "SELECT 1\nFROM x"), new DocumentedQuery("p.md, Two", "SELECT 2")],
        DocumentedQuery.In("p.md", ["# One", "```", "no SQL", "```", "## Two", "```sql", "SELECT 1", "FROM x", "```", "text", "```sql", "SELECT 2", "```"]));

    [Fact]
    public void In_BlockWithoutEnd_IsRefused() => Assert.Throws<FormatException>(() => DocumentedQuery.In("p.md", ["```sql", "SELECT 1"]));

    private async Task EveryQueryAsync(IReadOnlyList<DocumentedQuery> queries, bool mustFind)
    {
        await using NpgsqlConnection connection = await database.ConnectAsync();
        Zoom range = new(database.End - Operation.Length, database.End, TimeSpan.FromMinutes(10));
        var faults = new List<string>();
        foreach (DocumentedQuery query in queries)
        {
            try
            {
                Reply reply = await Reply.OfAsync(connection, Macros.Expand(query.Sql, range, NoVariables));
                if (mustFind && !reply.Rows.Any(row => row.Any(value => value is not null)))
                {
                    faults.Add($"{query.Where}: finds nothing");
                }
            }
            catch (Exception refused) when (refused is NpgsqlException or FormatException)
            {
                faults.Add($"{query.Where}: {refused.Message}");
            }
        }

        Assert.Empty(faults);
    }
}
