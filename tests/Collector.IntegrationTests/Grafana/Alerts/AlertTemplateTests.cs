using System.Text.Json;
using System.Text.RegularExpressions;
using Collector.IntegrationTests.Scripts;
using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Grafana.Alerts;

/// <summary>
/// Labels and texts of the rules, expanded by promtool: Grafana expands them with Prometheus's own code. What only Grafana has is
/// put into Prometheus's words first: the value of a query, and the variable of its environment.
/// </summary>
[Collection(AlertDatabase.Collection)]
public sealed partial class AlertTemplateTests(AlertDatabase database)
{
    private const string Variable = "${ALERT_PAGING_ENV}";

    [SkippableFact]
    public async Task Texts_OfEveryRule_SayWhoAndWhat()
    {
        (int code, string said) = await ExpandedAsync(await ExpectationsAsync(""), "");

        Assert.True(code == 0, said);
    }

    [SkippableFact]
    public async Task Severity_OfOneMoreEnvironmentThatPages_IsCritical()
    {
        (int code, string said) = await ExpandedAsync(await ExpectationsAsync("demo"), "demo");

        Assert.True(code == 0, said);
    }

    [SkippableFact]
    public async Task Texts_ThatAreNotAsExpected_AreFound()
    {
        List<Expectation> expected = await ExpectationsAsync("");
        expected[0] = expected[0] with { Severity = "warning" };

        (int code, string said) = await ExpandedAsync(expected, "");

        Assert.True(code != 0 && said.Contains("severity=\"critical\"", StringComparison.Ordinal), said);
    }

    [SkippableFact]
    public async Task Summary_OfNoCollectorAtAll_SaysSo()
    {
        Skip.IfNot(ShellScripts.Has("promtool"), "promtool is not installed");
        ProvisionedRule watchdog = ProvisionedRule.Shipped().First(rule => rule.IsWatchdog);
        var nobody = new AlertInstance(new Dictionary<string, string>(StringComparer.Ordinal), 1, AlertState.Alerting);

        (int code, string said) = await ExpandedAsync([new Expectation(watchdog, nobody, "No collector writes, or the database does not answer", "critical")], "");

        Assert.True(code == 0, said);
    }

    private async Task<List<Expectation>> ExpectationsAsync(string alsoPages)
    {
        Skip.IfNot(ShellScripts.Has("promtool"), "promtool is not installed");
        var expected = new List<Expectation>();
        foreach (ProvisionedRule rule in ProvisionedRule.Shipped())
        {
            AlertCase one = AlertCases.Of(rule.Name);
            foreach (AlertInstance firing in (await Evaluation.OfAsync(rule, database.Wire, database.Now)).Firing.Where(one.IsOf))
            {
                string env = firing.Labels["env"];
                bool pages = rule.Labels["severity"] != "warning" && (env is "" or "prod" || env == alsoPages);
                string series = firing.Labels.Values.First(label => label.StartsWith(one.Rule + ".", StringComparison.Ordinal));
                expected.Add(new Expectation(rule, firing, one.SaysOf(series), pages ? "critical" : "warning"));
            }
        }

        return expected;
    }

    private static async Task<(int Code, string Said)> ExpandedAsync(IReadOnlyList<Expectation> expected, string alsoPages)
    {
        using var folder = new TemporaryFolder();
        string rules = Path.Combine(folder.Path, "rules.json");
        string tests = Path.Combine(folder.Path, "tests.json");
        await File.WriteAllTextAsync(rules, JsonSerializer.Serialize(new
        {
            groups = new[]
            {
                new
                {
                    name = "alerts",
                    rules = expected.Select(one => one.Rule).Distinct().Select((rule) => new
                    {
                        alert = rule.Uid,
                        expr = Metric(rule),
                        labels = new { severity = rule.Labels["severity"].Replace(Variable, alsoPages, StringComparison.Ordinal) },
                        annotations = Texts(rule).ToDictionary(text => text.Key, text => text.Value.Replace(".Values.A.Value", ".Value", StringComparison.Ordinal), StringComparer.Ordinal),
                    }),
                },
            },
        }));
        await File.WriteAllTextAsync(tests, JsonSerializer.Serialize(new
        {
            rule_files = new[] { rules },
            tests = new[]
            {
                new
                {
                    input_series = expected.Select(one => new { series = $"{Metric(one.Rule)}{{{string.Join(',', one.Instance.Labels.Select(label => $"{label.Key}=\"{label.Value}\""))}}}", values = $"{one.Instance.Value}" }),
                    alert_rule_test = expected.GroupBy(one => one.Rule).Select(of => new
                    {
                        eval_time = "0m",
                        alertname = of.Key.Uid,
                        exp_alerts = of.Select(one => new
                        {
                            // Prometheus has no empty labels.
                            exp_labels = one.Instance.Labels.Where(label => label.Value != "").Append(new("severity", one.Severity)).ToDictionary(StringComparer.Ordinal),
                            exp_annotations = Texts(of.Key).ToDictionary(text => text.Key, text => text.Key == "summary" ? one.Summary : Simple(text.Value, one.Instance), StringComparer.Ordinal),
                        }),
                    }),
                },
            },
        }));
        await using ChildProcess promtool = await ChildProcess.RunAsync("promtool", ["test", "rules", tests], TimeSpan.FromMinutes(2));
        return (promtool.ExitCode, promtool.Output);
    }

    private static string Metric(ProvisionedRule rule) => rule.Uid.Replace('-', '_');

    private static IEnumerable<KeyValuePair<string, string>> Texts(ProvisionedRule rule) => rule.Annotations.Where(text => !text.Key.StartsWith("__", StringComparison.Ordinal));

    /// <summary>What the forms become that descriptions and runbooks have: a label, one within a text of SQL, and the value.</summary>
    private static string Simple(string template, AlertInstance instance) => NumberForm().Replace(
        SqlForm().Replace(
            LabelForm().Replace(template, match => instance.Labels[match.Groups["name"].Value]),
            match => instance.Labels[match.Groups["name"].Value].Replace("'", "''", StringComparison.Ordinal)),
        match => instance.Value.ToString($"F{match.Groups["digits"].Value}"));

    [GeneratedRegex(@"\{\{ with \.Labels\.(?<name>\w+) \}\}\{\{ \. \}\}\{\{ end \}\}", RegexOptions.None, 1000)]
    private static partial Regex LabelForm();

    [GeneratedRegex(@"\{\{ with \.Labels\.(?<name>\w+) \}\}\{\{ reReplaceAll ""'"" ""''"" \. \}\}\{\{ end \}\}", RegexOptions.None, 1000)]
    private static partial Regex SqlForm();

    [GeneratedRegex("""\{\{ printf "%\.(?<digits>\d)f" \.Values\.A\.Value \}\}""", RegexOptions.None, 1000)]
    private static partial Regex NumberForm();

    private sealed record Expectation(ProvisionedRule Rule, AlertInstance Instance, string Summary, string Severity);
}
