using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Grafana;

/// <summary>A query that the documentation shows, or that <c>scripts/export</c> ships.</summary>
/// <param name="Where">File and heading, or line.</param>
internal sealed record DocumentedQuery(string Where, string Sql)
{
    private const string Fence = "```";

    /// <summary>Every <c>```sql</c> block of a page.</summary>
    /// <exception cref="FormatException">A block does not end.</exception>
    public static IReadOnlyList<DocumentedQuery> In(string page, IEnumerable<string> lines)
    {
        var found = new List<DocumentedQuery>();
        (string heading, List<string>? block) = ("", null);
        foreach (string line in lines)
        {
            if (block is null)
            {
                heading = line.StartsWith('#') ? line.TrimStart('#', ' ') : heading;
                block = line.Trim() == Fence + "sql" ? [] : null;
            }
            else if (line.Trim() == Fence)
            {
                found.Add(new DocumentedQuery($"{page}, {heading}", string.Join('\n', block)));
                block = null;
            }
            else
            {
                block.Add(line);
            }
        }

        return block is null ? found : throw new FormatException($"{page}: the SQL under '{heading}' has no end");
    }

    public static IReadOnlyList<DocumentedQuery> OfPage(string page) => In(page, File.ReadLines(RepositoryRoot.Combine(page)));

    /// <summary>The pages that people read, as paths from the root.</summary>
    public static IReadOnlyList<string> Pages() =>
    [
        "README.md",
        .. Directory.EnumerateFiles(RepositoryRoot.Combine("docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(RepositoryRoot.Path, file)).Order(StringComparer.Ordinal),
    ];

    /// <summary>What <c>scripts/export.sh NAME</c> asks.</summary>
    public static IReadOnlyList<DocumentedQuery> Exports() =>
    [
        .. Directory.EnumerateFiles(RepositoryRoot.Combine("scripts", "export"), "*.sql").Order(StringComparer.Ordinal)
            .Select(file => new DocumentedQuery($"scripts/export/{Path.GetFileName(file)}", File.ReadAllText(file))),
    ];
}
