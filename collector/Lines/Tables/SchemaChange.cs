namespace Collector.Lines.Tables;

public enum SchemaChangeKind
{
    CreateTable,
    AddColumn,
    SetTtl,
    SetKeys,
    CreateView,
    RefreshView,
    SetViewTtl,

    /// <summary>A difference that cannot be mended without loss; a person has to decide.</summary>
    Refused,

    /// <summary>Worth knowing; nothing is done about it.</summary>
    Note,
}

/// <summary>One difference between a schema file and the table in the database.</summary>
/// <param name="Description">One line for people, without the table's name: what is done, or what is wrong.</param>
/// <param name="Statement">What mends it; null where nothing is done.</param>
/// <param name="Advice">What a person can do about it; empty where nothing has to be done.</param>
public sealed record SchemaChange(SchemaChangeKind Kind, string Table, string Description, string? Statement = null, string Advice = "")
{
    /// <summary>A view's: its table takes rows without it.</summary>
    public bool IsOfView => Kind is SchemaChangeKind.CreateView or SchemaChangeKind.RefreshView or SchemaChangeKind.SetViewTtl;

    public bool IsRefused => Kind == SchemaChangeKind.Refused;

    public override string ToString() => Advice.Length == 0 ? $"{Table}: {Description}" : $"{Table}: {Description}; {Advice}";
}
