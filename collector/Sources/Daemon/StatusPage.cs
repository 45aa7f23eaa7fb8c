using System.Text.Json;

namespace Collector.Sources.Daemon;

/// <summary>
/// A daemon's answer, field by field. A field that is missing or null is null here; one of another type is noted as a
/// problem, and null as well: no number is put in its place.
/// </summary>
internal sealed class StatusPage(JsonElement root, IReadOnlyDictionary<string, string> pointers)
{
    /// <summary>The names a configuration can map.</summary>
    public static readonly IReadOnlySet<string> FieldNames = new HashSet<string>(StringComparer.Ordinal)
    {
        "running", "shutdown_requested", "fetch_count", "error_count", "liquidation_count", "restart_count", "uptime_seconds", "cpu_percent",
        "memory_bytes", "last_fetch_time", "last_error", "pid",
    };

    private readonly List<string> _problems = [];

    /// <summary>What is wrong with the fields read so far.</summary>
    public IReadOnlyList<string> Problems => _problems;

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
