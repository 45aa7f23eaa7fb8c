using System.Globalization;
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

    public long? Count(string field) => Find(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out long value) && value >= 0 => value,
        { } other => Wrong<long>(field, other, "a whole number from 0"),
    };

    public double? Number(string field) => Find(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out double value) && double.IsFinite(value) => value,
        { } other => Wrong<double>(field, other, "a number"),
    };

    public DateTimeOffset? Time(string field) => Find(field) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text when IsTime(Characters(text), out DateTimeOffset time) => time,
        { } other => Wrong<DateTimeOffset>(field, other, "a time as ISO 8601"),
    };

    public string? Text(string field)
    {
        JsonElement? found = Find(field);
        if (found is { } other && Characters(other) is null)
        {
            Wrong<int>(field, other, "text");
            return null;
        }

        return found is { } text ? Characters(text) : null;
    }

    /// <summary>The text of a string; null for what is none, half of a surrogate pair among it.</summary>
    private static string? Characters(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private JsonElement? Find(string field) =>
        JsonPointer.Find(root, pointers.GetValueOrDefault(field, "/" + field)) is { ValueKind: not JsonValueKind.Null } found ? found : null;

    private T? Wrong<T>(string field, JsonElement found, string wanted)
        where T : struct
    {
        string text = found.GetRawText();
        _problems.Add($"{field} is {(text.Length > 40 ? text[..40] + "…" : text)}, not {wanted}");
        return null;
    }

    /// <summary>
    /// A time that begins with its date, <c>2026-01-02</c>: of a time of day alone no day shall be made up. Without an offset
    /// it is UTC, as Python's isoformat() of a naive UTC time writes it.
    /// </summary>
    private static bool IsTime(string? text, out DateTimeOffset time)
    {
        time = default;
        return text is [>= '0' and <= '9', _, _, _, '-', _, _, '-', ..]
            && DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }
}
