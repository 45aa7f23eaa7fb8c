using System.Text.Json;
using Collector.Lines.Tables;

namespace Collector.Sources;

/// <summary>A series of a table: its keys' values, in the table's order.</summary>
public sealed class SeriesKeys : IEquatable<SeriesKeys>
{
    /// <summary>What the names of remembered series begin with, in a source's memory.</summary>
    public const string Prefix = "series ";

    public SeriesKeys(Table table, ReadOnlySpan<string?> keys)
    {
        Table = table.Name;
        Keys = new string[keys.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            Keys[i] = keys[i] ?? "";
        }
    }

    private SeriesKeys(string table, string[] keys) => (Table, Keys) = (table, keys);

    public string Table { get; }

    public string[] Keys { get; }

    /// <summary>The series as the name of something remembered: <c>series ["daemon_metrics","oi","fetch-1","prod"]</c>.</summary>
    public string MemoryKey => Prefix + JsonSerializer.Serialize<string[]>([Table, .. Keys]);

    /// <returns>Null where the name is not that of a series.</returns>
    public static SeriesKeys? OfMemoryKey(string name)
    {
        try
        {
            return name.StartsWith(Prefix, StringComparison.Ordinal) && JsonSerializer.Deserialize<string[]>(name.AsSpan(Prefix.Length)) is [var table, .. var keys]
                ? new SeriesKeys(table, keys)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public bool Equals(SeriesKeys? other) => other is not null && Table == other.Table && Keys.AsSpan().SequenceEqual(other.Keys);

    public override bool Equals(object? obj) => Equals(obj as SeriesKeys);

    public override int GetHashCode() => Keys.Aggregate(Table.GetHashCode(StringComparison.Ordinal), (hash, key) => HashCode.Combine(hash, key));

    public override string ToString() => $"{Table} {string.Join(", ", Keys)}";
}
