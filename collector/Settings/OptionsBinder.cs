namespace Collector.Settings;

/// <summary>One entry of a section whose keys are types, such as <c>sources</c>.</summary>
/// <param name="Type">The key it stands under, such as <c>daemon</c>.</param>
/// <param name="Index">Its place among the entries of that type, from 0.</param>
/// <param name="Path">Its path as written: <c>sources.daemon[0]</c>, or <c>sources.daemon</c> for a single one.</param>
/// <param name="Options">The options record that the caller named for the type.</param>
public sealed record TypedSection(string Type, int Index, string Path, object Options);

/// <summary>
/// Binds a document to options records and notes every fault on the way. What it returns is meant to be used only when
/// <see cref="Faults"/> is empty: a key with a fault keeps its default, a required one may be null.
/// </summary>
public sealed partial class OptionsBinder(ConfigDocument document)
{
    private readonly FaultList _faults = document.Faults.Copy();

    /// <summary>Everything that is wrong so far, by line.</summary>
    public IReadOnlyList<ConfigFault> Faults => _faults.InOrder();

    /// <summary>Binds the file's top level.</summary>
    /// <param name="boundElsewhere">Keys that <see cref="BindSection"/> and <see cref="BindTyped"/> take care of, so that they are not unknown here.</param>
    public T Bind<T>(params IReadOnlyCollection<string> boundElsewhere)
        where T : class
        => (T)BindRecord(Root(), Origin.Top, "", typeof(T), defaults: null, boundElsewhere);

    /// <summary>Binds one section of the top level.</summary>
    /// <param name="key">The key at the top level, such as <c>gateway</c>.</param>
    /// <param name="type">A record that has defaults for all its keys.</param>
    /// <returns>The record; that of the defaults where the file has no such section.</returns>
    public object BindSection(string key, Type type)
    {
        object defaults = OptionsShape.Of(type).Create();
        return Root().Find(key) is { } written && AsMap(written.Value, written.At, key) is { } map
            ? BindRecord(map, written.At, key, type, defaults, [])
            : defaults;
    }

    /// <summary>Binds a section that maps the name of a type to its options, or to a list of them.</summary>
    /// <param name="section">The key at the top level, such as <c>sources</c>.</param>
    /// <param name="types">The options record of each type by its name.</param>
    /// <returns>The entries in the order of the file; those with faults are among them.</returns>
    public IReadOnlyList<TypedSection> BindTyped(string section, IReadOnlyDictionary<string, Type> types)
    {
        var bound = new List<TypedSection>();
        if (Root().Find(section) is not { } written || AsMap(written.Value, written.At, section) is not { } map)
        {
            return bound;
        }

        foreach (ConfigEntry entry in map.Entries)
        {
            string path = $"{section}.{entry.Key}";
            if (!types.TryGetValue(entry.Key, out Type? type))
            {
                ReportUnknown(entry, path, "type", [.. types.Keys]);
                continue;
            }

            // A map is one entry, and so is nothing at all: "host:" alone means a host with its defaults.
            IReadOnlyList<ConfigNode> items = entry.Value is ConfigList list ? list.Items : [entry.Value];
            for (int i = 0; i < items.Count; i++)
            {
                Origin at = entry.Value is ConfigList ? items[i].Origin : entry.At;
                string itemPath = entry.Value is ConfigList ? $"{path}[{i}]" : path;
                if (AsMap(items[i], at, itemPath) is { } options)
                {
                    bound.Add(new TypedSection(entry.Key, i, itemPath, BindRecord(options, at, itemPath, type, defaults: null, [])));
                }
            }
        }

        return bound;
    }

    /// <summary>Adds a fault that only the caller can see, at the place where the path is written.</summary>
    public void Report(string path, string problem) => _faults.Add(document.Locate(path), path, problem);

    private ConfigMap Root() => document.Root as ConfigMap ?? new ConfigMap(Origin.Top, []);
}
