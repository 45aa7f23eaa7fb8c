namespace Collector.Lines.Tables;

/// <summary>
/// A materialized view as its file defines it: rows of a table, brought together in larger steps of time by the database itself. It
/// holds nothing that its table does not, so it is made with the table, and nothing waits for it.
/// </summary>
/// <param name="Base">The table whose rows it brings together.</param>
/// <param name="Query">What it selects, with single spaces.</param>
/// <param name="Statement">The QuestDB statement that makes it where it is missing.</param>
/// <param name="Ttl">How long its rows are kept; null keeps them for ever.</param>
public sealed record View(string Name, string Base, string Query, string Statement, Ttl? Ttl)
{
    /// <summary>What it is for, from the comment above it.</summary>
    public string Help { get; init; } = "";
}

/// <summary>A materialized view as it stands in the database.</summary>
/// <param name="Query">What it selects, as the database keeps it.</param>
/// <param name="InvalidFor">Why it takes no more rows; null while it does.</param>
public sealed record LiveView(string Query, string? InvalidFor, Ttl? Ttl);
