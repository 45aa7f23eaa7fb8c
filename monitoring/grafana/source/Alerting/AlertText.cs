using System.Text.RegularExpressions;

namespace Collector.Dashboards.Alerting;

/// <summary>
/// Texts with <c>{label}</c>, <c>{value}</c> and <c>{limit}</c> as Grafana's templates, or as a page shows them. A space within the
/// braces, <c>{ label}</c>, goes with the label where that is empty. The templates name <c>.Labels</c> and not <c>$labels</c>:
/// Grafana takes a dollar in a provisioned label for a variable of its environment.
/// </summary>
internal static class AlertText
{
    private static readonly Regex Placeholder = new(@"\{(?<space> ?)(?<name>[a-z_]+)\}", RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);

    /// <summary>A label as SQL has a text.</summary>
    private static readonly Regex SqlText = new(@"'\{(?<name>[a-z_]+)\}'", RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);

    /// <summary>
    /// Critical where it pages. A series that tells no environment pages too: nobody has said that it may wait. The variable
    /// names one more environment that pages; Grafana puts it in when it starts, and nothing when it is not set.
    /// </summary>
    public static string SeverityTemplate(Severity severity)
    {
        if (severity == Severity.Warning)
        {
            return "warning";
        }

        string paging = string.Concat(AlertLimits.PagingEnvironments.Select(name => $"\"{name}\" "));
        return $$$"""{{ if .Labels.env }}{{ if eq .Labels.env {{{paging}}}"${ALERT_PAGING_ENV}" }}critical{{ else }}warning{{ end }}{{ else }}critical{{ end }}""";
    }

    public static string Template(string text, AlertRule rule) => Placeholder.Replace(text, match => match.Groups["name"].Value switch
    {
        "limit" => $"{rule.Limit}",
        "value" => $$$"""{{ printf "%.{{{rule.Decimals}}}f" .Values.A.Value }}""",
        "state" => States(rule),
        // A label that is empty may be there or not; either way it is nothing, and not "[no value]".
        string label => $$$"""{{ with .Labels.{{{label}}} }}{{{match.Groups["space"].Value}}}{{ . }}{{ end }}""",
    });

    /// <summary>A query to be copied as it stands: a label is a text of SQL, in which a quote is doubled.</summary>
    public static string SqlTemplate(string sql, AlertRule rule) =>
        Template(SqlText.Replace(sql, match => $$$"""'{{ with .Labels.{{{match.Groups["name"].Value}}} }}{{ reReplaceAll "'" "''" . }}{{ end }}'"""), rule);

    /// <summary>As documentation has it: who it is stands for itself.</summary>
    public static string Example(string text, AlertRule rule) =>
        Placeholder.Replace(text, match => match.Groups["name"].Value == "limit" ? $"{rule.Limit}" : match.Groups["space"].Value + match.Groups["name"].Value.ToUpperInvariant());

    private static string States(AlertRule rule) =>
        string.Concat(rule.States.Select((state, i) => $$$"""{{ {{{(i == 0 ? "" : "else ")}}}if eq .Values.A.Value {{{i + 1}}}.0 }}{{{state}}}""")) + "{{ end }}";
}
