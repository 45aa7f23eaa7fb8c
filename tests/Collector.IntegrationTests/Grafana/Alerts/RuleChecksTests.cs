using Collector.IntegrationTests.Support;

namespace Collector.IntegrationTests.Grafana.Alerts;

/// <summary>The file of the rules, by itself and beside the dashboards.</summary>
public sealed class RuleChecksTests
{
    [Fact]
    public void Faults_OfTheShippedFile_AreNone()
    {
        Assert.Empty(RuleChecks.Faults(File.ReadAllText(ProvisionedRule.File)));
        Assert.Equal(AlertCases.All.Select(one => one.Rule).Order(StringComparer.Ordinal), ProvisionedRule.Shipped().Select(rule => rule.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("interval: 10s", "interval: 15s", "multiple of 10 s")]
    [InlineData("folder: Collector alerts", "folder: ''", "a name and a folder")]
    [InlineData("uid: collector-daemon-down", "uid: collector-daemon-down-that-is-longer-than-forty", "a uid is of at most 40")]
    [InlineData("uid: collector-daemon-down", "uid: collector.daemon.down", "a uid is of at most 40")]
    [InlineData("uid: collector-daemon-memory\n", "uid: collector-daemon-down\n", "2 rules have the uid collector-daemon-down")]
    [InlineData("title: Daemon memory", "title: Daemon down", "2 rules have the title Daemon down")]
    [InlineData("for: 10s", "for: ten", "for is a duration")]
    [InlineData("noDataState: OK", "noDataState: Ok", "noDataState and execErrState are set")]
    [InlineData("execErrState: KeepLast", "", "noDataState and execErrState are set")]
    [InlineData("dashboardUid: collector-health", "dashboardUid: ''", "leads to a dashboard and a panel")]
    [InlineData("          __panelId__: \"20\"\n", "", "__dashboardUid__ and __panelId__ are both set")]
    [InlineData("__panelId__: \"20\"", "__panelId__: \"21\"", "__dashboardUid__ and __panelId__ are both set")]
    [InlineData("from: 86400\n", "from: 0\n", "from greater than to")]
    [InlineData("from: 86400", "from: 24h", "whole seconds")]
    [InlineData("refId: B\n", "refId: C\n", "a refId stands beside the model and within it")]
    [InlineData("datasourceUid: questdb", "datasourceUid: postgres", "asks the data source questdb")]
    [InlineData("format: 1", "format: 0", "wants a table")]
    [InlineData("FROM daemon_metrics\n", "FROM daemon_metrics WHERE $__timeFilter(timestamp)\n", "no variables, and no macro")]
    [InlineData("FROM daemon_metrics\n", "FROM ${table}\n", "no variables, and no macro")]
    [InlineData("type: threshold", "type: reduce", "a threshold of __expr__")]
    [InlineData("expression: A", "expression: D", "the threshold reads the query")]
    [InlineData("condition: B", "condition: A", "the threshold reads the query")]
    [InlineData("type: gt", "type: above", "a threshold is gt or lt")]
    [InlineData("params:\n                      - 0\n", "params: []\n", "a threshold is gt or lt, and a number")]
    [InlineData("severity: '{{ if .Labels.env }}", "severity: '{{ if .Labels.host }}page{{ end }}' #", "the severity is warning, or critical where")]
    [InlineData("summary: ", "summery: ", "a rule has a summary")]
    [InlineData("runbook: |-\n", "runbook: ''\n          told: |-\n", "a rule has a runbook")]
    [InlineData("summary: Daemon {{ with .Labels.daemon }}{{ . }}{{ end }} on {{ with .Labels.host }}{{ . }}{{ end }}", "summary: A daemon", "the summary says who it is")]
    [InlineData("with .Labels.daemon", "with $labels.daemon", "takes a dollar for a variable")]
    [InlineData("groups:", "groups: [", "this is no YAML")]
    [InlineData("groups:", "group:", "there is no rule")]
    public void Faults_OfABrokenFile_AreFound(string what, string with, string fault)
    {
        string text = File.ReadAllText(ProvisionedRule.File);
        int at = text.IndexOf(what, StringComparison.Ordinal);

        IReadOnlyList<string> faults = RuleChecks.Faults(string.Concat(text.AsSpan(0, at), with, text.AsSpan(at + what.Length)));

        Assert.Contains(faults, found => found.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void LinkFaults_OfTheShippedRules_AreNone()
    {
        var panels = DashboardFile.All()
            .ToDictionary(file => file.Uid, file => (IReadOnlySet<string>)file.Panels.Select(panel => $"{panel["id"]}").ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);

        Assert.Empty(RuleChecks.LinkFaults(ProvisionedRule.Shipped(), panels));
    }

    [Fact]
    public void LinkFaults_OfLinksThatLeadNowhere_AreFound()
    {
        IReadOnlyList<ProvisionedRule> rules = ProvisionedRule.Shipped();
        Dictionary<string, IReadOnlySet<string>> panels = new(StringComparer.Ordinal) { ["collector-health"] = new HashSet<string>(StringComparer.Ordinal) { "20" } };

        string[] faults = [.. RuleChecks.LinkFaults(rules, panels)];

        Assert.DoesNotContain(faults, fault => fault.StartsWith("collector-daemon-down ", StringComparison.Ordinal));
        Assert.Contains("collector-daemon-memory leads to a panel that does not exist: 24 of collector-health", faults);
        Assert.Contains("collector-disk leads to a dashboard that does not exist: collector-host", faults);
    }

    [Fact]
    public void Documentation_OfEveryRule_IsAHeadingOfThePage()
    {
        string[] headings = [.. File.ReadLines(RepositoryRoot.Combine("docs", "alerts.md")).Where(line => line.StartsWith("### ", StringComparison.Ordinal)).Select(line => line[4..])];

        Assert.Equal(
            ProvisionedRule.Shipped().Select(rule => rule.Annotations["documentation"]),
            headings.Select(heading => "docs/alerts.md#" + heading.Replace(",", "", StringComparison.Ordinal).Replace(' ', '-').ToLowerInvariant()));
    }
}
