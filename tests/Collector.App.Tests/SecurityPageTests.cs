using System.Text.RegularExpressions;

namespace Collector.Tests.App;

/// <summary>docs/security.md claims nothing that no test holds.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void Tests_OfThePage_AreThere()
    {
        string[] lines = [.. File.ReadLines(Path.Combine(Repository.Folder, "docs", "security.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| attack |", StringComparison.Ordinal))];
        string[] sources = [.. Directory.GetFiles(Path.Combine(Repository.Folder, "tests"), "*Tests*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];

        Assert.InRange(lines.Length, 20, 60);
        foreach (string line in lines)
        {
            (string Class, string Method)[] named = [.. TestName().Matches(line[line.TrimEnd('|', ' ').LastIndexOf('|')..]).Select(match => (match.Groups["class"].Value, match.Groups["method"].Value))];
            Assert.True(named.Length > 0, $"this line names no test: {line}");
            Assert.All(named, test => Assert.True(
                sources.Any(source => source.Contains($"class {test.Class}", StringComparison.Ordinal) && source.Contains($" {test.Method}(", StringComparison.Ordinal)),
                $"there is no {test.Class}.{test.Method}"));
        }
    }

    [GeneratedRegex(@"`(?<class>[A-Za-z]+Tests)\.(?<method>[A-Za-z0-9_]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TestName();
}
