namespace Collector.Settings;

/// <summary>Where a value was written: a line and column of the file, or an environment variable.</summary>
public readonly record struct Origin(int Line, int Column, string? Variable = null)
{
    public static Origin Top { get; } = new(1, 1);

    /// <summary>The file itself, where no line is to blame.</summary>
    public static Origin File { get; }
}

/// <summary>
/// A value of the configuration with its origin. Nodes never change, so that an override inside a value used twice
/// by an alias touches only one use. Classes and not records: a record's text would print what may be a secret.
/// </summary>
public abstract class ConfigNode(Origin origin)
{
    public Origin Origin { get; } = origin;

    /// <summary>The number of nodes in here, each use of an alias counted.</summary>
    public abstract int Weight { get; }

    /// <summary>What the user wrote, in the words of a fault.</summary>
    public abstract string Noun { get; }
}

internal sealed class ConfigScalar(Origin origin, string text, bool isNull) : ConfigNode(origin)
{
    public string Text { get; } = text;

    /// <summary>Nothing was written, or a bare <c>null</c> or <c>~</c>.</summary>
    public bool IsNull { get; } = isNull;

    public override int Weight => 1;

    public override string Noun => "a single value";
}

/// <summary>A value that could not be read and has its fault already; binding passes over it.</summary>
internal sealed class ConfigUnread(Origin origin) : ConfigNode(origin)
{
    public override int Weight => 1;

    public override string Noun => "an alias without an anchor";
}

internal sealed class ConfigList(Origin origin, IReadOnlyList<ConfigNode> items) : ConfigNode(origin)
{
    public IReadOnlyList<ConfigNode> Items { get; } = items;

    public override int Weight { get; } = 1 + items.Sum(item => item.Weight);

    public override string Noun => "a list";

    /// <summary>A list with the item at an index replaced, or added when the index is the count.</summary>
    public ConfigList With(int index, ConfigNode item) => new(Origin, [.. Items.Take(index), item, .. Items.Skip(index + 1)]);
}

/// <summary>One key of a section with its value, and where the key was written.</summary>
internal sealed record ConfigEntry(string Key, Origin At, ConfigNode Value);

internal sealed class ConfigMap(Origin origin, IReadOnlyList<ConfigEntry> entries) : ConfigNode(origin)
{
    public IReadOnlyList<ConfigEntry> Entries { get; } = entries;

    public override int Weight { get; } = 1 + entries.Sum(entry => entry.Value.Weight);

    public override string Noun => "a section of keys";

    public ConfigEntry? Find(string key, StringComparison comparison = StringComparison.Ordinal) =>
        Entries.FirstOrDefault(entry => string.Equals(entry.Key, key, comparison));

    /// <summary>A section with this entry in the place of the one with its key, or at the end.</summary>
    public ConfigMap With(ConfigEntry entry) => new(Origin, Find(entry.Key) is { } old
        ? [.. Entries.Select(each => ReferenceEquals(each, old) ? entry : each)]
        : [.. Entries, entry]);
}
