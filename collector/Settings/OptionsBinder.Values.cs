using System.Collections;
using Collector.Settings.Logging;

namespace Collector.Settings;

/// <content>Single values, lists and dictionaries.</content>
public sealed partial class OptionsBinder
{
    private const int MaxShown = 60;

    private static string Expected(ValueShape shape) => shape.Kind switch
    {
        ValueKind.Scalar => ScalarType.Find(shape.Type)!.Expected,
        ValueKind.List => "write a list",
        _ => "write a section of keys",
    };

    private bool TryBind(
        ConfigNode node, Origin at, string path, ValueShape shape, OptionKey key, object? defaults, out object? value)
    {
        value = node is ConfigUnread ? null : shape.Kind switch
        {
            ValueKind.Scalar => BindScalar(node, at, path, shape, key),
            ValueKind.List => BindList(node, at, path, shape, key),
            ValueKind.Dictionary => AsMap(node, at, path) is { } map ? BindDictionary(map, at, path, shape, key) : null,
            _ => AsMap(node, at, path) is { } map ? BindRecord(map, at, path, shape.Type, defaults, []) : null,
        };
        return value is not null;
    }

    private object? BindScalar(ConfigNode node, Origin at, string path, ValueShape shape, OptionKey key)
    {
        ScalarType type = ScalarType.Find(shape.Type)!;
        if (node is not ConfigScalar { IsNull: false } scalar)
        {
            string what = node is ConfigScalar ? "has no value" : $"is {node.Noun}, where a single value belongs";
            _faults.Add(node is ConfigScalar ? at : node.Origin, path, $"{what}; {type.Expected}");
            return null;
        }

        bool isSecret = shape.Type == typeof(Secret);
        string shown = isSecret ? "the secret" : Shown(scalar.Text, shape.Type);
        Parsed parsed = isSecret ? SecretReader.Read(scalar.Text, document) : type.Parse(scalar.Text);
        string? problem = parsed.Problem is { } wrong ? $"{wrong}; {type.Expected}"
            : parsed.Value is string text && string.IsNullOrWhiteSpace(text) && !key.MayBeEmpty ? "is empty; write a text"
            : Limits.Problem(key.ValueLimits, parsed.Value!);
        if (problem is null)
        {
            return parsed.Value;
        }

        _faults.Add(scalar.Origin, path, $"{shown} {problem}");
        return null;
    }

    private object? BindList(ConfigNode node, Origin at, string path, ValueShape shape, OptionKey key)
    {
        // One value or section stands for a list of one, and nothing for an empty list.
        var list = node as ConfigList;
        IReadOnlyList<ConfigNode> items = list?.Items ?? (node is ConfigScalar { IsNull: true } ? [] : [node]);
        var bound = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(shape.Element!.Type))!;
        for (int i = 0; i < items.Count; i++)
        {
            bool isBound = list is null
                ? TryBind(items[i], at, path, shape.Element, key, defaults: null, out object? item)
                : TryBind(items[i], items[i].Origin, $"{path}[{i}]", shape.Element, key, defaults: null, out item);
            if (isBound)
            {
                bound.Add(item);
            }
        }

        // The count is right or wrong as written, whatever became of the entries.
        if (!HasAllowedCount(items.Count == bound.Count ? bound : items.ToArray(), at, path, key))
        {
            return null;
        }

        if (!shape.Type.IsArray)
        {
            return bound;
        }

        var array = Array.CreateInstance(shape.Element.Type, bound.Count);
        bound.CopyTo(array, 0);
        return array;
    }

    private object? BindDictionary(ConfigMap map, Origin at, string path, ValueShape shape, OptionKey key)
    {
        var bound = (IDictionary)Activator.CreateInstance(
            typeof(Dictionary<,>).MakeGenericType(typeof(string), shape.Element!.Type), StringComparer.Ordinal)!;
        foreach (ConfigEntry entry in map.Entries)
        {
            if (TryBind(entry.Value, entry.At, Join(path, entry.Key), shape.Element, key, defaults: null, out object? value))
            {
                bound.Add(entry.Key, value);
            }
        }

        return HasAllowedCount(map.Entries.ToArray(), at, path, key) ? bound : null;
    }

    private bool HasAllowedCount(ICollection entries, Origin at, string path, OptionKey key)
    {
        if (!document.IsComplete || Limits.Problem(key.CountLimits, entries) is not { } problem)
        {
            return true;
        }

        _faults.Add(at, path, problem);
        return false;
    }

    /// <summary>The keys of a section; those of an empty one; null, and a fault, for anything else.</summary>
    private ConfigMap? AsMap(ConfigNode node, Origin at, string path)
    {
        switch (node)
        {
            case ConfigMap map:
                return map;
            case ConfigScalar { IsNull: true }:
                return new ConfigMap(at, []);
            case ConfigUnread:
                return null;
            default:
                // The value itself is not shown: it may be a secret in the wrong place.
                _faults.Add(node.Origin, path, $"is {node.Noun}, where a section belongs; write keys below it, indented");
                return null;
        }
    }

    private static string Shown(string text, Type type)
    {
        if (type == typeof(Uri))
        {
            text = WebAddress.Masked(text);
        }

        return $"\"{VisibleText.Sentence(text, MaxShown)}\"";
    }
}
