using System.Collections;

namespace Collector.Settings;

/// <summary>
/// What two records of options differ in, key by key as the file has them. Their own equality does not tell: it compares
/// lists and dictionaries by reference.
/// </summary>
public static class OptionsDifference
{
    /// <summary>The paths of the keys that differ: <c>http.listen</c>. A list or dictionary is one key. Empty where all are equal.</summary>
    public static IEnumerable<string> Between(object one, object other, string path = "")
    {
        if (one.GetType() != other.GetType())
        {
            return [path];
        }

        return OptionsShape.Of(one.GetType()).Keys.SelectMany(key =>
        {
            (object? left, object? right) = (key.Property.GetValue(one), key.Property.GetValue(other));
            string name = path.Length == 0 ? key.Name : $"{path}.{key.Name}";
            return key.Shape.Kind == ValueKind.Record && left is not null && right is not null ? Between(left, right, name)
                : AreEqual(key.Shape, left, right) ? [] : [name];
        });
    }

    private static bool AreEqual(ValueShape shape, object? one, object? other)
    {
        if (one is null || other is null)
        {
            return one is null && other is null;
        }

        return shape.Kind switch
        {
            ValueKind.Record => !Between(one, other).Any(),
            ValueKind.List => AreEqual(shape.Element!, [.. ((IEnumerable)one).Cast<object?>()], [.. ((IEnumerable)other).Cast<object?>()]),
            ValueKind.Dictionary => AreEqual(shape.Element!, Entries(one), Entries(other)),
            _ => one is Uri address ? address.OriginalString == ((Uri)other).OriginalString // equal ones may differ in the password
                : one.Equals(other),
        };
    }

    private static bool AreEqual(ValueShape element, object?[] ones, object?[] others) =>
        ones.Length == others.Length && ones.Zip(others).All(pair => AreEqual(element, pair.First, pair.Second));

    private static bool AreEqual(ValueShape element, Dictionary<string, object?> ones, Dictionary<string, object?> others) =>
        ones.Count == others.Count && ones.All(pair => others.TryGetValue(pair.Key, out object? value) && AreEqual(element, pair.Value, value));

    /// <summary>A dictionary of whatever value type: its entries have a key and a value.</summary>
    private static Dictionary<string, object?> Entries(object dictionary) => ((IEnumerable)dictionary).Cast<object>().ToDictionary(
        entry => (string)entry.GetType().GetProperty("Key")!.GetValue(entry)!,
        entry => entry.GetType().GetProperty("Value")!.GetValue(entry),
        StringComparer.Ordinal);
}
