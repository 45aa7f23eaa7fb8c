namespace Collector.Lines.Tables;

/// <summary>Cuts a schema file into tokens: words (bare, "quoted" or 'quoted'), numbers, punctuation and <c>--</c> comments.</summary>
internal static class SchemaLexer
{
    /// <exception cref="SchemaException">An unclosed quote, or a character that DDL has no use for.</exception>
    public static List<SchemaToken> Tokens(string text)
    {
        var tokens = new List<SchemaToken>();
        int line = 1, lineStart = 0, at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (c == '\n')
            {
                (line, lineStart) = (line + 1, at + 1);
                at++;
                continue;
            }

            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }

            int column = at - lineStart + 1;
            (SchemaTokenKind kind, string value, int end) = Next(text, at, line, column);
            tokens.Add(new SchemaToken(kind, value, line, column));
            at = end;
        }

        tokens.Add(new SchemaToken(SchemaTokenKind.End, "", line, at - lineStart + 1));
        return tokens;
    }

    private static (SchemaTokenKind Kind, string Text, int End) Next(string text, int at, int line, int column)
    {
        char c = text[at];
        if (text.AsSpan(at).StartsWith("--"))
        {
            int end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end;
            return (SchemaTokenKind.Comment, text[(at + 2)..end].Trim(), end);
        }

        if (c is '"' or '\'')
        {
            int close = text.IndexOf(c, at + 1);
            int newline = text.IndexOf('\n', at);
            return close < 0 || (newline >= 0 && newline < close)
                ? throw new SchemaException(line, column, $"the quote {c} is not closed on its line")
                : (SchemaTokenKind.Word, text[(at + 1)..close], close + 1);
        }

        if (c is '(' or ')' or '[' or ']' or ',' or ';')
        {
            return (SchemaTokenKind.Punctuation, c.ToString(), at + 1);
        }

        int stop = at;
        while (stop < text.Length && (char.IsLetterOrDigit(text[stop]) || text[stop] is '_' or '.'))
        {
            stop++;
        }

        if (stop == at)
        {
            throw new SchemaException(line, column, $"the character {c} has no place in a schema file");
        }

        string word = text[at..stop];
        return (word.All(char.IsAsciiDigit) ? SchemaTokenKind.Number : SchemaTokenKind.Word, word, stop);
    }
}

/// <summary>Ends the reading of one file at its first syntax error; <see cref="SchemaReader"/> turns it into a fault.</summary>
internal sealed class SchemaException(int line, int column, string message) : Exception(message)
{
    public int Line { get; } = line;

    public int Column { get; } = column;
}
