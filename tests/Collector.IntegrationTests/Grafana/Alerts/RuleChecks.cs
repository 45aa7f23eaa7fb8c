using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using static Collector.IntegrationTests.Grafana.Alerts.ProvisionedRule;

namespace Collector.IntegrationTests.Grafana.Alerts;

/// <summary>
/// What can be wrong with a file of rules and shows in the file alone. Most of it would stop Grafana when it starts; the rest would
/// leave an alert that nobody can act on.
/// </summary>
internal static partial class RuleChecks
{
    private static readonly string[] States = ["OK", "Alerting", "KeepLast"];

    /// <summary>All that is wrong.</summary>
    public static IReadOnlyList<string> Faults(string file)
    {
        try
        {
            IReadOnlyList<ProvisionedRule> rules = Read(file);
            return
            [
                .. rules.Count == 0 ? new[] { "there is no rule" } : [],
                .. Twice(rules, "uid"),
                .. Twice(rules, "title"),
                .. rules.SelectMany(rule => OfGroup(rule.Group).Concat(OfRule(rule)).Concat(OfData(rule)).Concat(OfTexts(rule)).Select(fault => $"{rule.Uid}: {fault}")),
            ];
        }
        catch (YamlException broken)
        {
            return [$"this is no YAML: {broken.Message}"];
        }
    }

    /// <summary>Panels that rules lead to and that are not there.</summary>
    /// <param name="panels">The panels of each dashboard, by its uid.</param>
    public static IEnumerable<string> LinkFaults(IEnumerable<ProvisionedRule> rules, IReadOnlyDictionary<string, IReadOnlySet<string>> panels)
    {
        foreach (ProvisionedRule rule in rules)
        {
            if (!panels.TryGetValue(rule.Text("dashboardUid"), out IReadOnlySet<string>? ids))
            {
                yield return $"{rule.Uid} leads to a dashboard that does not exist: {rule.Text("dashboardUid")}";
            }
            else if (!ids.Contains(rule.Text("panelId")))
            {
                yield return $"{rule.Uid} leads to a panel that does not exist: {rule.Text("panelId")} of {rule.Text("dashboardUid")}";
            }
        }
    }

    private static IEnumerable<string> OfGroup(YamlNode group)
    {
        if (Scalar(At(group, "name")) == "" || Scalar(At(group, "folder")) == "")
        {
            yield return "a group has a name and a folder";
        }

        if (!TryDuration(Scalar(At(group, "interval")), out TimeSpan interval) || interval < TimeSpan.FromSeconds(10) || interval.Ticks % TimeSpan.FromSeconds(10).Ticks != 0)
        {
            yield return "a group's interval is a multiple of 10 s";
        }
    }

    private static IEnumerable<string> OfRule(ProvisionedRule rule)
    {
        if (!Identifier().IsMatch(rule.Uid))
        {
            yield return "a uid is of at most 40 letters, digits, - and _";
        }

        if (!TryDuration(rule.Text("for"), out _))
        {
            yield return "for is a duration such as 10s";
        }

        if (!States.Contains(rule.NoDataState, StringComparer.Ordinal) || !States.Contains(rule.ExecErrState, StringComparer.Ordinal))
        {
            yield return "noDataState and execErrState are set, each to OK, Alerting or KeepLast";
        }

        string dashboard = rule.Text("dashboardUid");
        string panel = rule.Text("panelId");
        if (dashboard == "" || !int.TryParse(panel, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            yield return "a rule leads to a dashboard and a panel";
        }

        if (rule.Annotations.GetValueOrDefault("__dashboardUid__") != dashboard || rule.Annotations.GetValueOrDefault("__panelId__") != panel)
        {
            yield return "__dashboardUid__ and __panelId__ are both set, and the same as dashboardUid and panelId";
        }
    }

    private static IEnumerable<string> OfData(ProvisionedRule rule)
    {
        if (rule.Data.Count != 2)
        {
            yield return "a rule is a query and a threshold";
            yield break;
        }

        (YamlNode query, YamlNode threshold) = (rule.Data[0], rule.Data[1]);
        foreach (YamlNode data in rule.Data)
        {
            bool whole = int.TryParse(Scalar(At(data, "relativeTimeRange", "from")), NumberStyles.None, CultureInfo.InvariantCulture, out int from)
                & int.TryParse(Scalar(At(data, "relativeTimeRange", "to")), NumberStyles.None, CultureInfo.InvariantCulture, out int to);
            if (!whole || from <= to)
            {
                yield return "relativeTimeRange has whole seconds, from greater than to";
            }

            if (Scalar(At(data, "refId")) == "" || Scalar(At(data, "refId")) != Scalar(At(data, "model", "refId")))
            {
                yield return "a refId stands beside the model and within it, and is the same";
            }
        }

        if (Scalar(At(query, "datasourceUid")) != "questdb" || Scalar(At(query, "model", "datasource", "uid")) != "questdb" || Scalar(At(query, "model", "datasource", "type")) != "questdb-questdb-datasource")
        {
            yield return "the query asks the data source questdb";
        }

        if (Scalar(At(query, "model", "format")) != "1" || Scalar(At(query, "model", "queryType")) != "sql")
        {
            yield return "the query is SQL, and wants a table (format 1)";
        }

        if (Scalar(At(query, "model", "rawSql")).Contains('$'))
        {
            yield return "alerts know no variables, and no macro that depends on a panel";
        }

        if (Scalar(At(threshold, "datasourceUid")) != "__expr__" || Scalar(At(threshold, "model", "datasource", "type")) != "__expr__" || Scalar(At(threshold, "model", "type")) != "threshold")
        {
            yield return "the second node is a threshold of __expr__";
        }

        if (Scalar(At(threshold, "model", "expression")) != Scalar(At(query, "refId")) || rule.Text("condition") != Scalar(At(threshold, "refId")))
        {
            yield return "the threshold reads the query, and the condition is the threshold";
        }

        YamlNode? evaluator = At(threshold, "model", "conditions", 0, "evaluator");
        if (Scalar(At(evaluator, "type")) is not ("gt" or "lt") || !double.TryParse(Scalar(At(evaluator, "params", 0)), CultureInfo.InvariantCulture, out _))
        {
            yield return "a threshold is gt or lt, and a number";
        }
    }

    private static IEnumerable<string> OfTexts(ProvisionedRule rule)
    {
        string severity = rule.Labels.GetValueOrDefault("severity", "");
        if (severity != "warning" && !(severity.Contains("critical", StringComparison.Ordinal) && severity.Contains(".Labels.env", StringComparison.Ordinal)))
        {
            yield return "the severity is warning, or critical where the environment pages";
        }

        foreach (string name in new[] { "summary", "description", "runbook", "documentation" }.Where(name => string.IsNullOrWhiteSpace(rule.Annotations.GetValueOrDefault(name))))
        {
            yield return $"a rule has a {name}";
        }

        if (!rule.Annotations.GetValueOrDefault("summary", "").Contains(".Labels.", StringComparison.Ordinal))
        {
            yield return "the summary says who it is";
        }

        if (rule.Annotations.Values.Append(severity.Replace("${ALERT_PAGING_ENV}", "", StringComparison.Ordinal)).Any(text => text.Contains('$')))
        {
            yield return "Grafana takes a dollar for a variable of its environment: in labels, and newer versions in annotations too";
        }
    }

    private static IEnumerable<string> Twice(IEnumerable<ProvisionedRule> rules, string name) =>
        rules.GroupBy(rule => rule.Text(name), StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => $"{same.Count()} rules have the {name} {same.Key}");

    private static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (!DurationText().IsMatch(text))
        {
            return false;
        }

        duration = int.Parse(text[..^1], CultureInfo.InvariantCulture) * (text[^1] == 's' ? TimeSpan.FromSeconds(1) : text[^1] == 'm' ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1));
        return true;
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,40}$", RegexOptions.None, 1000)]
    private static partial Regex Identifier();

    [GeneratedRegex("^[0-9]{1,6}[smh]$", RegexOptions.None, 1000)]
    private static partial Regex DurationText();
}
