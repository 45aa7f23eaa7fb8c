using Collector.Lines.Tables;

namespace Collector.Tests.Lines.Tables;

public class TableDocsTests
{
    /// <summary>UPDATE_DOCS=1 writes the pages anew instead of comparing them.</summary>
    [SkippableFact]
    public void Page_EveryShippedTable_IsUpToDate()
    {
        string folder = Path.Combine(SchemaFiles.Root, "docs", "tables");
        TableCatalog catalog = SchemaFiles.Load();
        var pages = catalog.ToDictionary(table => $"{table}.md", TableDocs.Page, StringComparer.Ordinal);
        pages["README.md"] = TableDocs.Index(catalog);
        if (GeneratedFiles.AreWanted)
        {
            Directory.CreateDirectory(folder);
            foreach (string old in Directory.EnumerateFiles(folder, "*.md"))
            {
                File.Delete(old);
            }

            foreach ((string name, string page) in pages)
            {
                File.WriteAllText(Path.Combine(folder, name), page);
            }

            GeneratedFiles.Written("docs/tables");
        }

        Assert.Equal(pages.Keys.Order(StringComparer.Ordinal), Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.All(pages, page => Assert.True(
            page.Value == File.ReadAllText(Path.Combine(folder, page.Key)),
            $"docs/tables/{page.Key} is not what its schema file says; run the tests once with UPDATE_DOCS=1"));
    }

    [Fact]
    public void Page_TableWithoutKeysAndTtl_SaysSo()
    {
        var table = new Table("t", "ts", "DAY", null, [new Column { Name = "v", Type = ColumnType.Double, Ordinal = 0, IsKey = false, Help = "a | b" }]);

        string page = TableDocs.Page(table);

        Assert.Contains("Rows are kept for ever, in partitions by day. The table has no keys: a row is stored at least once.", page, StringComparison.Ordinal);
        Assert.Contains("| `v` | DOUBLE |  |  |  | a \\| b |", page, StringComparison.Ordinal);
    }
}
