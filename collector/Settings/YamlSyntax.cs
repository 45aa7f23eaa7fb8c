using YamlDotNet.Core;

namespace Collector.Settings;

/// <summary>Says in plain words what the YAML reader stumbled over, and where. Never quotes the line: it may hold a secret.</summary>
internal static class YamlSyntax
{
    // A part of the reader's message, and what has usually happened.
    private static readonly (string Reason, string Hint)[] Hints =
    [
        ("quoted scalar", "is a quotation mark left open?"),
        ("flow", "is a bracket or brace left open?"),
        ("simple key", "is a colon or the blank after it missing, as in 'key: value'?"),
        ("expected key", "is a colon missing, or the line indented differently from its neighbours?"),
        ("'-' indicator", "is the line indented differently from its neighbours?"),
        ("invalid mapping", "is the line indented too far, or a value with ': ' in it not in quotes?"),
        ("cannot start", "put the value in quotes; it begins with a character that YAML keeps for itself"),
        ("expected node content", "put the value in quotes; it begins with a character that YAML keeps for itself"),
    ];

    /// <param name="error">What the reader threw.</param>
    /// <param name="last">Where its last good event was.</param>
    /// <param name="text">The whole text.</param>
    public static (Origin At, string Problem) Explain(Exception error, Origin last, string text)
    {
        if (error is not YamlException { Start.Line: > 0 } known)
        {
            return (last, "is no YAML from here on; is a bracket or brace left open?");
        }

        if (error.Message.Contains("tab", StringComparison.Ordinal) && TabLine(text, (int)known.Start.Line) is { } line)
        {
            return (new Origin(line, 1), "is no YAML: the line is indented with a tab; indent with blanks");
        }

        string hint = Array.Find(Hints, each => error.Message.Contains(each.Reason, StringComparison.OrdinalIgnoreCase)).Hint;
        var at = new Origin((int)known.Start.Line, (int)known.Start.Column);
        return (at, $"is no YAML: {Lowered(error.Message)}{(hint is null ? "" : $"; {hint}")}");
    }

    private static string Lowered(string message) =>
        (message.Length == 0 ? "" : char.ToLowerInvariant(message[0]) + message[1..]).TrimEnd('.').Replace("  ", " ", StringComparison.Ordinal);

    /// <summary>The reader names the start of the section; the tab itself stands further down.</summary>
    private static int? TabLine(string text, int first)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (++number >= first && line[..(line.Length - line.TrimStart().Length)].Contains('\t') && !line.IsWhiteSpace())
            {
                return number;
            }
        }

        return null;
    }
}
