namespace Collector.Lines.Tables;

/// <summary>Walks over the tokens of a schema file.</summary>
internal sealed class SchemaCursor(List<SchemaToken> tokens)
{
    private int _at;

    public SchemaToken Current => tokens[_at];

    /// <summary>The line of the token before the current one.</summary>
    public int LastLine => tokens[_at - 1].Line;

    /// <summary>Takes the current token, whatever it is.</summary>
    public SchemaToken Take() => tokens[_at++];

    /// <summary>Takes the comments that stand here, as one text.</summary>
    public string Comments()
    {
        var lines = new List<string>();
        while (Current.Kind == SchemaTokenKind.Comment)
        {
            lines.Add(Take().Text);
        }

        return string.Join(' ', lines);
    }

    /// <summary>The next token that is no comment. The end stays where it is.</summary>
    public SchemaToken Next()
    {
        Comments();
        return Current.Kind == SchemaTokenKind.End ? Current : Take();
    }

    /// <exception cref="SchemaException">The next token is no word.</exception>
    public SchemaToken Word(string what)
    {
        SchemaToken token = Next();
        return token.Kind == SchemaTokenKind.Word ? token : throw Error(token, $"expected {what}, found {token}");
    }

    /// <summary>Takes the next token if it is this word.</summary>
    public bool Accept(string word)
    {
        int from = _at;
        if (Next().Is(word))
        {
            return true;
        }

        _at = from;
        return false;
    }

    /// <exception cref="SchemaException">Other tokens are next.</exception>
    public void Expect(params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            SchemaToken token = Next();
            if (!token.Is(word))
            {
                throw Error(token, $"expected {word}, found {token}");
            }
        }
    }

    public static SchemaException Error(SchemaToken at, string message) => new(at.Line, at.Column, message);
}
