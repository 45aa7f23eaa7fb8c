using System.Globalization;

namespace Collector.Settings;

/// <summary>
/// Lays <c>COLLECTOR__STORE__QUESTDB__URL=…</c> over the file: a double underscore goes one level down, digits are a
/// list index, case does not matter. A variable that is set but empty changes nothing, which is how compose files
/// leave one out.
/// </summary>
internal sealed class EnvironmentOverrides
{
    public const string Prefix = "COLLECTOR__";
    private const int MaxLevels = 32;

    private readonly FaultList _faults;

    private EnvironmentOverrides(FaultList faults) => _faults = faults;

    public static ConfigNode? Apply(ConfigNode? root, IReadOnlyDictionary<string, string> environment, FaultList faults)
    {
        var overrides = new EnvironmentOverrides(faults);
        IOrderedEnumerable<Override> ours = environment
            .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .Select(variable => new Override(variable.Key, variable.Key[Prefix.Length..].Split("__"), variable.Value))
            .Order(OverrideOrder.Instance);
        foreach (Override? each in ours)
        {
            if (Array.Exists(each.Keys, key => key.Length == 0) || each.Keys.Length > MaxLevels)
            {
                faults.Add(each.At, "", $"names no key; write {Prefix} and the key's path, such as {Prefix}STORE__QUESTDB__URL");
            }
            else
            {
                root = overrides.Put(root, each, 0);
            }
        }

        return root;
    }

    private ConfigNode? Put(ConfigNode? node, Override given, int level)
    {
        if (level == given.Keys.Length)
        {
            return PutValue(node, given);
        }

        string key = given.Keys[level];
        if (node is ConfigScalar { IsNull: true } or ConfigUnread)
        {
            node = null;
        }

        ConfigEntry? named = (node as ConfigMap)?.Find(key, StringComparison.OrdinalIgnoreCase);
        if (named is null && int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
        {
            return PutItem(node, given, level, index);
        }

        switch (node)
        {
            case null or ConfigMap:
                ConfigNode? value = Put(named?.Value, given, level + 1);
                if (value is null || ReferenceEquals(value, named?.Value))
                {
                    return node;
                }

                ConfigMap map = node as ConfigMap ?? new ConfigMap(given.At, []);
                return map.With(new ConfigEntry(named?.Key ?? key.ToLowerInvariant(), named?.At ?? given.At, value));
            case ConfigList { Items: [var only] } list:
                return Put(only, given, level) is { } item ? list.With(0, item) : list;
            case ConfigList list:
                _faults.Add(given.At, given.Path(level), $"is a list of {list.Items.Count}; name the entry by its number, from 0");
                return node;
            default:
                _faults.Add(given.At, given.Path(level), "is a single value already, so that nothing can be set inside it");
                return node;
        }
    }

    private ConfigNode PutValue(ConfigNode? node, Override given)
    {
        if (given.Value.Length == 0 && node is not null)
        {
            return node;
        }

        if (node?.Origin.Variable is { } other)
        {
            _faults.Add(given.At, given.Path(given.Keys.Length), $"is set by {other} as well; keep one of the two");
        }

        return new ConfigScalar(given.At, given.Value, isNull: given.Value.Length == 0);
    }

    private ConfigNode? PutItem(ConfigNode? node, Override given, int level, int index)
    {
        ConfigList list = node switch
        {
            null => new ConfigList(given.At, []),
            ConfigList written => written,
            _ => new ConfigList(node.Origin, [node]), // A single section stands for a list of one.
        };
        if (index > list.Items.Count)
        {
            _faults.Add(given.At, given.Path(level), $"has {list.Items.Count} entries, so that the next index is {list.Items.Count}, not {index}");
            return node;
        }

        ConfigNode? item = Put(list.Items.ElementAtOrDefault(index), given, level + 1);
        return item is null ? node : list.With(index, item);
    }

    private sealed record Override(string Name, string[] Keys, string Value)
    {
        public Origin At => new(0, 0, Name);

        public string Path(int levels) => string.Join('.', Keys.Take(levels)
            .Select(key => char.IsAsciiDigit(key[0]) ? $"[{key}]" : key.ToLowerInvariant()))
            .Replace(".[", "[", StringComparison.Ordinal);
    }

    /// <summary>Index by number, so that entry 10 is added after entry 9; otherwise by name.</summary>
    private sealed class OverrideOrder : IComparer<Override>
    {
        public static readonly OverrideOrder Instance = new();

        public int Compare(Override? x, Override? y)
        {
            foreach ((string? left, string? right) in x!.Keys.Zip(y!.Keys))
            {
                int order = int.TryParse(left, NumberStyles.None, CultureInfo.InvariantCulture, out int l)
                    && int.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out int r)
                    ? l.CompareTo(r)
                    : string.Compare(left, right, StringComparison.OrdinalIgnoreCase);
                if (order != 0)
                {
                    return order;
                }
            }

            int length = x.Keys.Length.CompareTo(y.Keys.Length);
            return length != 0 ? length : string.CompareOrdinal(x.Name, y.Name);
        }
    }
}
