using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Sources;

/// <summary>What a source is made with.</summary>
/// <param name="Name">The source's name, unique among all: <c>daemon/oi-fetcher</c>.</param>
/// <param name="Host">The machine that its rows name.</param>
/// <param name="Env">The environment that its rows name.</param>
/// <param name="State">What the source remembers over a restart of the collector.</param>
public sealed record SourceContext(string Name, string Host, string Env, TableCatalog Tables, TimeProvider Clock, ISourceState State)
{
    /// <summary>What all sources of this collector know together.</summary>
    public SharedViews Shared { get; init; } = new();

    /// <summary>A table with the keys that the source fills, in this order.</summary>
    /// <exception cref="SourceSetupException">There is no such table, or its schema file defines other keys.</exception>
    public Table Table(string name, params ReadOnlySpan<string> keys)
    {
        if (!Tables.TryGet(name, out Table? table))
        {
            throw new SourceSetupException($"{Name} needs the table {name}, and the schema folder has no {name}.sql");
        }

        string wanted = string.Join(", ", keys!);
        string found = string.Join(", ", table.Keys.AsEnumerable());
        return found == wanted
            ? table
            : throw new SourceSetupException($"{Name} fills the table {name} by the keys {wanted}, and {name}.sql defines {(found.Length == 0 ? "none" : found)}");
    }
}

/// <summary>A source that cannot be made as configured; found before anything starts.</summary>
public sealed class SourceSetupException : Exception
{
    public SourceSetupException(string message)
        : base(message) => Faults = [new SetupFault("", message)];

    public SourceSetupException(string source, IReadOnlyList<SetupFault> faults)
        : base(string.Join("; ", faults.Select(fault => $"{source}: {fault.Key} {fault.Problem}"))) => Faults = faults;

    /// <summary>All that is wrong, each with its place.</summary>
    public IReadOnlyList<SetupFault> Faults { get; }

    /// <summary>The fault is this machine's: the same configuration may be right where it is to run. Default false.</summary>
    public bool IsOfThisMachine { get; init; }
}
