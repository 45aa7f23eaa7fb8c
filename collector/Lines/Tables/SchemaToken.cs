namespace Collector.Lines.Tables;

internal enum SchemaTokenKind
{
    Word,
    Number,
    Punctuation,
    Comment,
    End,
}

/// <summary>A piece of a schema file. Lines and columns count from 1.</summary>
internal readonly record struct SchemaToken(SchemaTokenKind Kind, string Text, int Line, int Column)
{
    public bool Is(string word) =>
        Kind is SchemaTokenKind.Word or SchemaTokenKind.Punctuation && NameComparer.Instance.Equals(Text, word);

    public override string ToString() => Kind == SchemaTokenKind.End ? "the end of the file" : $"'{Text}'";
}
