using Collector.App;

namespace Collector.Tests.App;

/// <summary>The configurations in <c>docs/sources/</c>, and the commented ones of <c>collector.yaml</c>, held against the program.</summary>
public sealed class DocumentedSourcesTests : IDisposable
{
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal) { ["BOTS_TOKEN"] = "sesame", ["NODE_TOKEN"] = "sesame" };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Pages => [.. Directory.EnumerateFiles(Path.Combine(Repository.Folder, "docs", "sources"), "*.md").Select(file => Path.GetFileName(file)!)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_ItsConfigurations_HaveNoFault(string page)
    {
        string[] blocks = [.. Blocks(File.ReadLines(Path.Combine(Repository.Folder, "docs", "sources", page))).Where(block => block.StartsWith("sources:", StringComparison.Ordinal))];

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Empty(Faults(block)));
    }

    [Fact]
    public void Example_ItsCommentedSources_HaveNoFault()
    {
        IEnumerable<string> lines = File.ReadLines(Path.Combine(Repository.Folder, "collector.yaml"))
            .SkipWhile(line => line != "sources:")
            .TakeWhile(line => line.Length > 0)
            .Select(line => line.StartsWith("  # ", StringComparison.Ordinal) ? "  " + line[4..] : line);

        Assert.Empty(Faults(string.Join('\n', lines)));
    }

    private IReadOnlyList<string> Faults(string config)
    {
        File.WriteAllText(_folder.File("c.yaml"), $"schemas_dir: {Path.Combine(Repository.Folder, "schemas")}\n{config}\n");
        return CollectorConfig.Load(_folder.File("c.yaml"), Variables).Faults;
    }

    /// <summary>Texts that are indented by four, which is how Markdown marks code.</summary>
    private static IEnumerable<string> Blocks(IEnumerable<string> lines)
    {
        var block = new List<string>();
        foreach (string line in lines.Append("end"))
        {
            if (line.StartsWith("    ", StringComparison.Ordinal))
            {
                block.Add(line[4..]);
            }
            else if (line.Length > 0)
            {
                yield return string.Join('\n', block);
                block.Clear();
            }
        }
    }
}
