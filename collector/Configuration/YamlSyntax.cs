using YamlDotNet.Core;

namespace Collector.Configuration;

/// <summary>Says in plain words what the YAML reader stumbled over. Never quotes the line: it may hold a secret.</summary>
internal static class YamlSyntax
{
    public static string Explain(YamlException error, string text, int line)
    {
        var written = text.Split('\n').ElementAtOrDefault(line - 1) ?? "";
        if (written.AsSpan(0, written.Length - written.AsSpan().TrimStart().Length).Contains('\t'))
            return "is no YAML: the line is indented with a tab; indent with spaces";

        var reason = error.Message;
        var hint = reason switch
        {
            _ when reason.Contains("simple key", StringComparison.OrdinalIgnoreCase)
                => "; is a colon or the blank after it missing, as in 'key: value'?",
            _ when reason.Contains("quoted scalar", StringComparison.OrdinalIgnoreCase) => "; is a quotation mark left open?",
            _ when reason.Contains("flow", StringComparison.OrdinalIgnoreCase) => "; is a bracket left open?",
            _ when reason.Contains("block mapping", StringComparison.OrdinalIgnoreCase)
                || reason.Contains("mapping values", StringComparison.OrdinalIgnoreCase)
                || reason.Contains("block end", StringComparison.OrdinalIgnoreCase)
                => "; is the line indented differently from its neighbours, or a value with ': ' in it unquoted?",
            _ => "",
        };
        return $"is no YAML: {reason.TrimEnd('.')}{hint}";
    }
}
