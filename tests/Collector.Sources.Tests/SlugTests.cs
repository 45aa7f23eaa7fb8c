using Collector.Sources;

namespace Collector.Tests.Sources;

/// <summary>One slug everywhere: what belongs to a source is found by its name, and what lacks is missed.</summary>
public sealed class SlugTests
{
    public static TheoryData<string> Slugs => [.. SourceCatalog.All.Select(kind => kind.Slug)];

    [Theory]
    [MemberData(nameof(Slugs))]
    public void Slug_OfEverySource_HasItsFiles(string slug) => Assert.Empty(Missing(Repository.Folder, slug));

    [Fact]
    public void Folder_OfEverySource_IsInTheCatalog()
    {
        IEnumerable<string> folders = Directory.GetDirectories(Path.Combine(Repository.Folder, "collector", "Sources"))
            .Select(folder => Path.GetFileName(folder)!)
            .Where(name => File.Exists(Path.Combine(Repository.Folder, "collector", "Sources", name, $"{name}Options.cs")));

        Assert.Equal(SourceCatalog.All.Select(kind => Folder(kind.Slug)).Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Missing_SourceOfWhichThereIsNothing_NamesAll() => Assert.Equal(5, Missing(Repository.Folder, "no_such").Count());

    private static IEnumerable<string> Missing(string root, string slug)
    {
        string name = Folder(slug);
        string[] files = [$"collector/Sources/{name}/{name}Source.cs", $"collector/Sources/{name}/{name}Options.cs", $"docs/sources/{slug}.md"];
        foreach (string file in files.Where(file => !File.Exists(Path.Combine(root, file))))
        {
            yield return file;
        }

        string tests = Path.Combine(root, "tests", "Collector.Sources.Tests", name);
        if (!Directory.Exists(tests) || Directory.GetFiles(tests, "*Tests.cs").Length == 0)
        {
            yield return $"tests/Collector.Sources.Tests/{name}/*Tests.cs";
        }

        if (!File.ReadLines(Path.Combine(root, "collector.yaml")).Any(line => line.TrimStart(' ', '#').StartsWith($"{slug}:", StringComparison.Ordinal)))
        {
            yield return $"an example of {slug} in collector.yaml";
        }
    }

    private static string Folder(string slug) => string.Concat(slug.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
