using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Collector.Dashboards.Alerting;

/// <summary>The rules as the file that Grafana reads when it starts.</summary>
internal static class RuleFile
{
    /// <summary>Not that of the dashboards: which of the two Grafana would make first is its own affair.</summary>
    private const string Folder = "Collector alerts";

    /// <summary>How often Grafana asks; the least that it can, and what it wants a multiple of.</summary>
    private const string Interval = "10s";

    /// <summary>A text within double quotes means in YAML what it does in JSON.</summary>
    private static readonly JsonSerializerOptions Quoted = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(IEnumerable<AlertGroup> groups)
    {
        var yaml = new StringBuilder(
            """
            # Every alert. Written by monitoring/grafana/source/Alerting: limits are changed there, in AlertLimits.cs (docs/alerts.md).
            # A dollar in a label is a variable of Grafana's environment; elsewhere it is none, or only in newer versions.
            # yamllint disable rule:line-length
            apiVersion: 1
            groups:

            """);
        foreach (AlertGroup group in groups)
        {
            yaml.Append($"""
                  - orgId: 1
                    name: {group.Name}
                    folder: {Folder}
                    interval: {Interval}
                    rules:

                """);
            foreach (AlertRule rule in group.Rules)
            {
                yaml.Append(Of(rule));
            }
        }

        return yaml.ToString();
    }

    private static string Of(AlertRule rule) =>
        $$"""
              - uid: {{rule.Uid}}
                title: {{Text(rule.Title)}}
                condition: B
                for: {{rule.For.TotalSeconds}}s
                noDataState: {{rule.NoDataState}}
                execErrState: {{rule.ExecErrState}}
                dashboardUid: collector-{{rule.Shown.Dashboard}}
                panelId: {{rule.Shown.Panel}}
                labels:
                  severity: {{Text(AlertText.SeverityTemplate(rule.Severity))}}
                annotations:
                  summary: {{Text(AlertText.Template(rule.Summary, rule))}}
                  description: {{Text(AlertText.Template(rule.Description, rule))}}
                  runbook: {{Text(Runbook(rule))}}
                  documentation: docs/alerts.md#{{AlertPage.Anchor(rule.Title)}}
                  __dashboardUid__: collector-{{rule.Shown.Dashboard}}
                  __panelId__: "{{rule.Shown.Panel}}"
                data:
                  - refId: A
                    datasourceUid: {{Query.DataSourceUid}}
                    relativeTimeRange: {from: 86400, to: 0}
                    model:
                      refId: A
                      datasource: {type: {{Query.DataSourceType}}, uid: {{Query.DataSourceUid}}}
                      queryType: sql
                      format: 1
                      selectedFormat: 1
                      rawSql: |-
        {{Block(rule.Sql, 16)}}
                  - refId: B
                    datasourceUid: __expr__
                    relativeTimeRange: {from: 86400, to: 0}
                    model:
                      refId: B
                      datasource: {type: __expr__, uid: __expr__}
                      type: threshold
                      expression: A
                      conditions:
                        - evaluator: {type: {{(rule.Limit.Above ? "gt" : "lt")}}, params: [{{rule.Limit.Value}}] }

        """;

    private static string Runbook(AlertRule rule) =>
        AlertText.Template(rule.Runbook, rule) + (rule.RunbookSql is { } sql ? $"\nSQL: {AlertText.SqlTemplate(sql, rule)}" : "");

    private static string Text(string text) => JsonSerializer.Serialize(text, Quoted);

    private static string Block(string text, int indent) =>
        string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => new string(' ', indent) + line));
}
