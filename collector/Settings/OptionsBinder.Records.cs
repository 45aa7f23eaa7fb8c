namespace Collector.Settings;

/// <content>A section of keys to a record: unknown keys, missing keys, rules across keys.</content>
public sealed partial class OptionsBinder
{
    private object BindRecord(
        ConfigMap map, Origin at, string path, Type type, object? defaults, IReadOnlyCollection<string> boundElsewhere)
    {
        int before = _faults.Count;
        var shape = OptionsShape.Of(type);
        object record = defaults is null ? shape.Create() : shape.Copy(defaults);
        var names = shape.Keys.Select(key => key.Name).Concat(boundElsewhere).ToList();
        var seen = new HashSet<string>(boundElsewhere, StringComparer.Ordinal);
        foreach (ConfigEntry entry in map.Entries)
        {
            string keyPath = Join(path, entry.Key);
            if (shape.Find(entry.Key) is { } key)
            {
                if (BindKey(key, entry, keyPath, record))
                {
                    seen.Add(key.Name);
                }
            }
            else if (!boundElsewhere.Contains(entry.Key, StringComparer.Ordinal)
                && ReportUnknown(entry, keyPath, "key", names) is { } meant)
            {
                seen.Add(meant); // A misspelt required key is one mistake, not two.
            }
        }

        if (document.IsComplete && defaults is null)
        {
            foreach (OptionKey? key in shape.Keys.Where(key => key.IsRequired && !seen.Contains(key.Name)))
            {
                _faults.Add(at, Join(path, key.Name), $"is missing and must be given{(path.Length > 0 ? $" in '{path}'" : "")}; {Expected(key.Shape)}");
            }
        }

        // A rule across keys would judge defaults in the place of what could not be read.
        if (_faults.Count == before && document.IsComplete && record is IChecked rules)
        {
            foreach ((string? key, string? problem) in rules.Check())
            {
                ReportIn(map, at, path, key, problem);
            }
        }

        return record;
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private string? ReportUnknown(ConfigEntry entry, string path, string noun, List<string> known)
    {
        string? meant = NearestName.Of(entry.Key, known);
        string help = meant is not null ? $"did you mean '{meant}'?"
            : known.Count > 0 ? $"known here: {string.Join(", ", known)}"
            : "nothing can be set here";
        _faults.Add(entry.At, path, $"unknown {noun} '{entry.Key}'; {help}");
        return meant;
    }

    private void ReportIn(ConfigMap map, Origin at, string path, string key, string problem)
    {
        ConfigNode node = map;
        foreach (string step in key.Split('.'))
        {
            if ((node as ConfigMap)?.Find(step) is not { } entry)
            {
                break;
            }

            node = entry.Value;
            at = node is ConfigScalar { IsNull: false } ? node.Origin : entry.At;
        }

        _faults.Add(at, Join(path, key), problem);
    }

    /// <returns>Whether the key was given, be it rightly or not.</returns>
    private bool BindKey(OptionKey key, ConfigEntry entry, string path, object record)
    {
        if (entry.Value is ConfigScalar { IsNull: true } nothing)
        {
            if (key.Shape.Kind == ValueKind.Scalar && !key.IsNullable && nothing.Origin.Variable is null)
            {
                string leave = key.IsRequired ? "" : "leave the key out for the default, or ";
                _faults.Add(entry.At, path, $"has no value; {leave}{Expected(key.Shape)}");
                return true;
            }

            if (key.IsNullable || key.Shape.Kind == ValueKind.Scalar)
            {
                if (key.IsNullable)
                {
                    key.Property.SetValue(record, null);
                }

                return key.IsNullable;
            }
        }

        object? defaults = key.Shape.Kind == ValueKind.Record && !key.IsRequired ? key.Property.GetValue(record) : null;
        if (TryBind(entry.Value, entry.At, path, key.Shape, key, defaults, out object? value))
        {
            key.Property.SetValue(record, value);
        }

        return true;
    }
}
