using System.Text;

namespace Collector.Dashboards.Alerting;

/// <summary>What docs/alerts.md says of each rule; the rest of the page is written by hand.</summary>
internal static class AlertPage
{
    /// <summary>The page with these parts, each between its two marks.</summary>
    public static string Placed(string page, string table, string runbooks) => Between(Between(page, "alerts", table), "runbooks", runbooks);

    public static string Table(IEnumerable<AlertRule> rules) => rules.Aggregate(
        new StringBuilder("| alert | fires on | limit | for | severity |\n|---|---|---|---|---|\n"),
        (page, rule) => page.Append($"| [{rule.Title}](#{Anchor(rule.Title)}) | {rule.Fires} | {LimitOf(rule)} | {Span(rule.For)} | {Word(rule.Severity)} |\n")).Append('\n').ToString();

    public static string Runbooks(IEnumerable<AlertRule> rules) => string.Concat(rules.Select(rule =>
        $"### {rule.Title}\n\n{AlertText.Example(rule.Runbook, rule)}\n\n" +
        (rule.RunbookSql is null ? "" : $"    {AlertText.Example(rule.RunbookSql, rule)}\n\n")));

    /// <summary>As GitHub makes it of a heading.</summary>
    public static string Anchor(string title) =>
        string.Concat(title.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-')).Replace(' ', '-');

    private static string Between(string page, string name, string part)
    {
        string begin = $"<!-- {name}: written by UPDATE_DOCS=1 -->\n";
        string end = $"<!-- end of {name} -->\n";
        int from = page.IndexOf(begin, StringComparison.Ordinal);
        int to = page.IndexOf(end, StringComparison.Ordinal);
        return from < 0 || to < from
            ? throw new InvalidOperationException($"the page lacks the marks of its {name}: {begin}{end}")
            : $"{page[..from]}{begin}\n{part}{page[to..]}";
    }

    private static string LimitOf(AlertRule rule) => rule.Limit == Limit.Any ? "" : $"{(rule.Limit.Above ? ">" : "<")} {rule.Limit}";

    private static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: 0 } => "0",
        { TotalMinutes: >= 1 } => $"{span.TotalMinutes} min",
        _ => $"{span.TotalSeconds} s",
    };

    private static string Word(Severity severity) => severity == Severity.Critical ? "critical" : "warning";
}
