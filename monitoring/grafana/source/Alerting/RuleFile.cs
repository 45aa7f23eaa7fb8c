using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.EventEmitters;

namespace Collector.Dashboards.Alerting;

/// <summary>The rules as the file that Grafana reads when it starts.</summary>
internal static class RuleFile
{
    /// <summary>Not that of the dashboards: which of the two Grafana would make first is its own affair.</summary>
    private const string Folder = "Collector alerts";

    /// <summary>How often Grafana asks; the least that it can, and what it wants a multiple of.</summary>
    private const string Interval = "10s";

    /// <summary>Grafana's name for what is worked out of other answers.</summary>
    private const string Expression = "__expr__";

    private const string Head = """
        # Every alert. Written by monitoring/grafana/source/Alerting: limits are changed there, in AlertLimits.cs (docs/alerts.md).
        # A dollar in a label is a variable of Grafana's environment; elsewhere it is none, or only in newer versions.
        # yamllint disable rule:line-length

        """;

    private static readonly ISerializer Yaml = new SerializerBuilder()
        .WithQuotingNecessaryStrings()
        .WithIndentedSequences()
        .WithEventEmitter(next => new LinesAsBlocks(next))
        .DisableAliases()
        .Build();

    public static string Of(IEnumerable<AlertGroup> groups) => Head + Yaml.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["apiVersion"] = 1,
        ["groups"] = groups.Select(Of).ToArray(),
    }).ReplaceLineEndings("\n");

    private static Dictionary<string, object> Of(AlertGroup group) => new(StringComparer.Ordinal)
    {
        ["orgId"] = 1,
        ["name"] = group.Name,
        ["folder"] = Folder,
        ["interval"] = Interval,
        ["rules"] = group.Rules.Select(Of).ToArray(),
    };

    private static Dictionary<string, object> Of(AlertRule rule) => new(StringComparer.Ordinal)
    {
        ["uid"] = rule.Uid,
        ["title"] = rule.Title,
        ["condition"] = "B",
        ["for"] = $"{rule.For.TotalSeconds}s",
        ["noDataState"] = $"{rule.NoDataState}",
        ["execErrState"] = $"{rule.ExecErrState}",
        ["dashboardUid"] = $"collector-{rule.Shown.Dashboard}",
        ["panelId"] = rule.Shown.Panel,
        ["labels"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["severity"] = AlertText.SeverityTemplate(rule.Severity) },
        ["annotations"] = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["summary"] = AlertText.Template(rule.Summary, rule),
            ["description"] = AlertText.Template(rule.Description, rule),
            ["runbook"] = Runbook(rule),
            ["documentation"] = $"docs/alerts.md#{AlertPage.Anchor(rule.Title)}",
            ["__dashboardUid__"] = $"collector-{rule.Shown.Dashboard}",
            ["__panelId__"] = $"{rule.Shown.Panel}",
        },
        ["data"] = new[] { Asked(rule), Compared(rule) },
    };

    private static Dictionary<string, object> Asked(AlertRule rule) => Step("A", Query.DataSourceUid, new(StringComparer.Ordinal)
    {
        ["refId"] = "A",
        ["datasource"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["type"] = Query.DataSourceType, ["uid"] = Query.DataSourceUid },
        ["queryType"] = "sql",
        ["format"] = 1,
        ["selectedFormat"] = 1,
        ["rawSql"] = rule.Sql.ReplaceLineEndings("\n"),
    });

    private static Dictionary<string, object> Compared(AlertRule rule) => Step("B", Expression, new(StringComparer.Ordinal)
    {
        ["refId"] = "B",
        ["datasource"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["type"] = Expression, ["uid"] = Expression },
        ["type"] = "threshold",
        ["expression"] = "A",
        ["conditions"] = new[]
        {
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["evaluator"] = new Dictionary<string, object>(StringComparer.Ordinal)
                {
                    ["type"] = rule.Limit.Above ? "gt" : "lt",
                    ["params"] = new[] { rule.Limit.Value },
                },
            },
        },
    });

    private static Dictionary<string, object> Step(string name, string source, Dictionary<string, object> model) => new(StringComparer.Ordinal)
    {
        ["refId"] = name,
        ["datasourceUid"] = source,
        ["relativeTimeRange"] = new Dictionary<string, object>(StringComparer.Ordinal) { ["from"] = 86400, ["to"] = 0 },
        ["model"] = model,
    };

    private static string Runbook(AlertRule rule) =>
        AlertText.Template(rule.Runbook, rule) + (rule.RunbookSql is { } sql ? $"\nSQL: {AlertText.SqlTemplate(sql, rule)}" : "");

    /// <summary>A text of several lines is written line by line, so that a change of it can be read.</summary>
    private sealed class LinesAsBlocks(IEventEmitter next) : ChainedEventEmitter(next)
    {
        public override void Emit(ScalarEventInfo eventInfo, IEmitter emitter)
        {
            if (eventInfo.Source.Value is string text && text.Contains('\n', StringComparison.Ordinal))
            {
                eventInfo.Style = ScalarStyle.Literal;
            }

            base.Emit(eventInfo, emitter);
        }
    }
}
