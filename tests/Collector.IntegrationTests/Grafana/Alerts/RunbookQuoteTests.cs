using System.Text.Json;
using System.Text.RegularExpressions;
using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Grafana.Alerts;

/// <summary>The SQL of the runbooks, for series whose names hold what ends a text of SQL: whoever is woken copies it as it stands.</summary>
public sealed partial class RunbookQuoteTests
{
    private const string Mark = "\nSQL: ";

    [SkippableFact]
    public async Task Runbooks_LabelsWithAQuote_AreSqlAllTheSame()
    {
        Skip.IfNot(ShellScripts.Has("promtool"), "promtool is not installed");
        (string Name, string Runbook, string[] Labels)[] rules =
        [
            .. ProvisionedRule.Shipped().Select(rule => (rule.Name, Runbook: rule.Annotations["runbook"])).Where(rule => rule.Runbook.Contains(Mark, StringComparison.Ordinal))
                .Select(rule => (rule.Name, rule.Runbook, Labels: LabelName().Matches(rule.Runbook).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal).ToArray()))
                .Where(rule => rule.Labels.Length > 0),
        ];
        Assert.True(rules.Length > 10, $"{rules.Length}");

        string said = await ExpandedAsync(rules);

        foreach ((string name, string runbook, string[] labels) in rules)
        {
            string sql = runbook[runbook.IndexOf(Mark, StringComparison.Ordinal)..];
            string[] within = [.. labels.Where(label => sql.Contains($".Labels.{label} ", StringComparison.Ordinal))];
            // What is expected is nonsense, so that promtool shows what it got: each value with its quote doubled, and none with one quote.
            string got = Got(said, name);
            Assert.All(within, label => Assert.Contains($"'O''Brien {label}'", got, StringComparison.Ordinal));
            Assert.DoesNotContain("O'Brien", got[got.IndexOf("SQL: ", StringComparison.Ordinal)..], StringComparison.Ordinal);
        }
    }

    /// <returns>What promtool says of rules that give something other than was expected: all of what they give.</returns>
    private static async Task<string> ExpandedAsync((string Name, string Runbook, string[] Labels)[] rules)
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "rules.json");
        string tests = Path.Combine(folder.Path, "tests.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
        {
            groups = new[]
            {
                new
                {
                    name = "alerts",
                    rules = rules.Select(rule => new { alert = rule.Name, expr = Metric(rule.Name), annotations = new { runbook = rule.Runbook } }),
                },
            },
        }));
        await File.WriteAllTextAsync(tests, JsonSerializer.Serialize(new
        {
            rule_files = new[] { file },
            tests = new[]
            {
                new
                {
                    input_series = rules.Select(rule => new { series = $"{Metric(rule.Name)}{{{string.Join(',', rule.Labels.Select(label => $"{label}=\"O'Brien {label}\""))}}}", values = "1" }),
                    alert_rule_test = rules.Select(rule => new { eval_time = "0m", alertname = rule.Name, exp_alerts = Array.Empty<object>() }),
                },
            },
        }));
        await using ChildProcess promtool = await ChildProcess.RunAsync("promtool", ["test", "rules", tests], TimeSpan.FromMinutes(2));
        return promtool.Output;
    }

    private static string Got(string said, string rule)
    {
        int at = said.IndexOf($"alertname: {rule},", StringComparison.Ordinal);
        Assert.True(at >= 0, said);
        int end = said.IndexOf("alertname: ", at + 1, StringComparison.Ordinal);
        return end < 0 ? said[at..] : said[at..end];
    }

    private static string Metric(string name) => name.Replace('-', '_');

    [GeneratedRegex(@"\.Labels\.(?<name>\w+) ", RegexOptions.None, 1000)]
    private static partial Regex LabelName();
}
