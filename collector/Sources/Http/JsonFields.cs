using System.Text.Json;

namespace Collector.Sources.Http;

/// <summary>
/// The fields of an answer, each under its own name or where a pointer says. A field that is missing or null is null here, and
/// so is a time of "never"; a NaN or an infinity is counted as left out; one of another type is noted as a problem, and null as
/// well: no number is put in its place.
/// </summary>
/// <param name="reading">Counts what is left out.</param>
/// <param name="pointers">Where fields stand that do not stand under their own names.</param>
/// <param name="owner">Whose fields they are, where an answer tells of several.</param>
internal sealed class JsonFields(JsonElement root, Reading reading, IReadOnlyDictionary<string, string>? pointers = null, string? owner = null)
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

    public bool? Boolean(string field) => Read(field, JsonValue.Truth, "true or false");

    public long? Count(string field) => IsNoNumber(field) ? null : Read(field, JsonValue.Count, "a whole number from 0");

    public double? Number(string field) => IsNoNumber(field) ? null : Read(field, JsonValue.Number, "a number");

    /// <summary>A number that is not below 0.</summary>
    public double? Amount(string field) =>
        IsNoNumber(field) ? null : Read<double>(field, value => JsonValue.Number(value) is >= 0 and var number ? number : null, "a number from 0");

    public DateTimeOffset? Time(string field) => Find(field) is { } found && JsonValue.IsNever(found) ? null : Read(field, JsonValue.Time, "a time as ISO 8601");

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

    private bool IsNoNumber(string field)
    {
        if (Find(field) is not { } found || JsonValue.NoNumber(found) is not { } reason)
        {
            return false;
        }

        reading.LeaveOut(reason, owner is null ? field : $"{owner} {field}");
        return true;
    }

    private JsonElement? Find(string field) =>
        JsonPointer.Find(root, pointers?.GetValueOrDefault(field) ?? "/" + field) is { ValueKind: not JsonValueKind.Null } found ? found : null;

    private T? Wrong<T>(string field, JsonElement found, string wanted)
        where T : struct
    {
        _problems.Add($"{field} is {JsonValue.Shown(found)}, not {wanted}");
        return null;
    }
}
