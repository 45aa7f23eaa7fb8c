using System.Text.Json;

namespace Collector.Sources;

/// <summary>
/// The fields of an answer, each under its own name or where a pointer says. A field that is missing or null is null here;
/// one of another type is noted as a problem, and null as well: no number is put in its place.
/// </summary>
internal sealed class JsonFields(JsonElement root, IReadOnlyDictionary<string, string> pointers)
{
    private readonly List<string> _problems = [];

    /// <summary>What is wrong with the fields read so far.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Notes a problem that the type alone does not tell.</summary>
    public void Report(string problem) => _problems.Add(problem);

    /// <summary>What is wrong with the pointers that a configuration gives, worded to follow the key.</summary>
    /// <param name="known">The fields there are.</param>
    /// <param name="owner">Whose fields: <c>a daemon</c>.</param>
    public static IEnumerable<(string Key, string Problem)> Check(IReadOnlyDictionary<string, string> pointers, IReadOnlyList<string> known, string owner)
    {
        foreach ((string field, string pointer) in pointers)
        {
            if (!known.Contains(field, StringComparer.Ordinal))
            {
                yield return ($"fields.{field}", $"is no field of {owner}; known here: {string.Join(", ", known.Order(StringComparer.Ordinal))}");
            }
            else if (JsonPointer.Problem(pointer) is { } problem)
            {
                yield return ($"fields.{field}", problem);
            }
        }
    }

    /// <summary>Passes <paramref name="value"/> on, and notes a problem where the answer leaves the field out.</summary>
    public T? Required<T>(string field, T? value)
        where T : struct
    {
        if (Find(field) is null)
        {
            _problems.Add($"no field {field}");
        }

        return value;
    }

    /// <summary>Whether the answer gives the field at all, be it rightly or not.</summary>
    public bool Has(string field) => Find(field) is not null;

    public bool? Boolean(string field) => Find(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => Wrong<bool>(field, other, "true or false"),
    };

    public long? Count(string field) => Read(field, JsonValue.Count, "a whole number from 0");

    public double? Number(string field) => Read(field, JsonValue.Number, "a number");

    public DateTimeOffset? Time(string field) => Read(field, JsonValue.Time, "a time as ISO 8601");

    public string? Text(string field)
    {
        JsonElement? found = Find(field);
        if (found is { } other && JsonValue.Text(other) is null)
        {
            Wrong<int>(field, other, "text");
            return null;
        }

        return found is { } text ? JsonValue.Text(text) : null;
    }

    private T? Read<T>(string field, Func<JsonElement, T?> read, string wanted)
        where T : struct => Find(field) is { } found ? read(found) ?? Wrong<T>(field, found, wanted) : null;

    private JsonElement? Find(string field) =>
        JsonPointer.Find(root, pointers.GetValueOrDefault(field, "/" + field)) is { ValueKind: not JsonValueKind.Null } found ? found : null;

    private T? Wrong<T>(string field, JsonElement found, string wanted)
        where T : struct
    {
        _problems.Add($"{field} is {JsonValue.Shown(found)}, not {wanted}");
        return null;
    }
}
