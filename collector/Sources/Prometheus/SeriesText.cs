using System.Text;
using System.Text.Unicode;

namespace Collector.Sources.Prometheus;

/// <summary>A label of a series.</summary>
internal readonly record struct Label(string Name, string Value);

/// <summary>
/// Name and labels of a series, read once from how a page writes them: <c>name{label="value",...}</c>, or
/// <c>{"quoted name",label="value",...}</c>. A label with an empty value is one that is not there, as Prometheus has it.
/// </summary>
internal sealed class SeriesText
{
    private SeriesText(string name, List<Label> labels) => (Name, Labels) = (name, labels);

    public string Name { get; }

    /// <summary>Sorted by the bytes of their names.</summary>
    public IReadOnlyList<Label> Labels { get; }

    /// <summary>The value of a label; empty where the series has none.</summary>
    public string this[string label]
    {
        get
        {
            foreach (Label own in Labels)
            {
                if (own.Name == label)
                {
                    return own.Value;
                }
            }

            return "";
        }
    }

    /// <returns>The series; or the problem, where what stands there is none.</returns>
    public static (SeriesText? Series, string? Problem) Parse(ReadOnlySpan<byte> written)
    {
        if (!Utf8.IsValid(written))
        {
            return (null, "a series' name or label is not UTF-8");
        }

        int brace = written.IndexOf((byte)'{');
        string name = Encoding.UTF8.GetString(brace < 0 ? written : written[..brace]).TrimEnd(' ', '\t');
        var labels = new List<Label>();
        string? problem = brace < 0 ? null : ReadLabels(Encoding.UTF8.GetString(written[(brace + 1)..^1]), ref name, labels);
        problem ??= name.Length == 0 ? "a series has no name"
            : char.IsAsciiDigit(name[0]) ? $"{name} begins with a digit, which no metric's name does"
            : null;
        if (problem is not null)
        {
            return (null, problem);
        }

        // Ordinal order of UTF-16 and of UTF-8 differ beyond the basic plane only, and any one order will do there.
        labels.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        for (int i = 1; i < labels.Count; i++)
        {
            if (labels[i].Name == labels[i - 1].Name)
            {
                return (null, $"{name} has the label {labels[i].Name} twice");
            }
        }

        labels.RemoveAll(label => label.Value.Length == 0);
        return (new SeriesText(name, labels), null);
    }

    /// <summary>The labels as one text: <c>code="200",method="get"</c>, with <c>\\</c>, <c>\"</c> and <c>\n</c> escaped as on the page.</summary>
    public string Canonical()
    {
        var text = new StringBuilder();
        foreach (Label label in Labels)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(IsPlain(label.Name) ? label.Name : $"\"{Escaped(label.Name)}\"");
            text.Append("=\"").Append(Escaped(label.Value)).Append('"');
        }

        return text.ToString();
    }

    /// <summary>A name that needs no quotes.</summary>
    private static bool IsPlain(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');

    private static string Escaped(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    /// <param name="name">The name before the braces; the one within them where that is empty.</param>
    private static string? ReadLabels(string text, ref string name, List<Label> labels)
    {
        int at = 0;
        for (SkipBlanks(text, ref at); at < text.Length; SkipBlanks(text, ref at))
        {
            bool isQuoted = text[at] == '"';
            if (ReadName(text, ref at) is not { } label)
            {
                return $"the label set of {name} has something other than a label's name";
            }

            SkipBlanks(text, ref at);
            if (at < text.Length && text[at] == '=')
            {
                at++;
                SkipBlanks(text, ref at);
                if (ReadQuoted(text, ref at) is not { } value)
                {
                    return $"the label {label} of {name} has no quoted value";
                }

                labels.Add(new Label(label, value));
            }
            else if (isQuoted && name.Length == 0)
            {
                name = label;
            }
            else
            {
                return $"the label {label} of {name} has no value";
            }

            SkipBlanks(text, ref at);
            if (at < text.Length && text[at++] != ',')
            {
                return $"no comma follows the label {label} of {name}";
            }
        }

        return null;
    }

    private static string? ReadName(string text, ref int at)
    {
        if (text[at] == '"')
        {
            return ReadQuoted(text, ref at);
        }

        int start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
        {
            at++;
        }

        return at > start && !char.IsAsciiDigit(text[start]) ? text[start..at] : null;
    }

    /// <summary>A quoted text without its escapes. A backslash before anything else stands for itself, as Prometheus has it.</summary>
    private static string? ReadQuoted(string text, ref int at)
    {
        if (at >= text.Length || text[at] != '"')
        {
            return null;
        }

        var value = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            char character = text[at];
            if (character == '"')
            {
                at++;
                return value.ToString();
            }

            if (character == '\\' && at + 1 < text.Length && text[at + 1] is '\\' or '"' or 'n')
            {
                character = text[++at] == 'n' ? '\n' : text[at];
            }

            value.Append(character);
        }

        return null;
    }

    private static void SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
        {
            at++;
        }
    }
}
