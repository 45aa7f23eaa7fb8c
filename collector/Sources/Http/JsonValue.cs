using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Collector.Lines;
using Collector.Settings.Logging;

namespace Collector.Sources.Http;

/// <summary>What one JSON value says; null where it is of another type, so that no number is put in its place.</summary>
public static class JsonValue
{
    private const int MaxShown = 40;

    private static readonly string[] Yes = ["true", "yes", "on", "1", "running", "up", "active", "ok"];
    private static readonly string[] No = ["false", "no", "off", "0", "stopped", "down", "inactive"];

    /// <summary>The member of that name, the last one where there are several; null where there is none, or no object.</summary>
    public static JsonElement? Member(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        JsonElement? found = null;
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (IsNamed(member, name))
            {
                found = member.Value;
            }
        }

        return found;
    }

    /// <summary>A member's name; null where it is no text.</summary>
    public static string? Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair, or bytes that are not UTF-8
        }
    }

    /// <summary>A whole number from 0, however it is written: <c>812</c>, <c>812.0</c>, <c>6.5e+07</c>.</summary>
    public static long? Count(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return null;
        }

        return value.TryGetInt64(out long count) ? count >= 0 ? count : null
            : value.TryGetDecimal(out decimal number) && number is >= 0 and <= long.MaxValue && decimal.IsInteger(number) ? (long)number
            : null;
    }

    /// <summary>A finite number. One that JSON does not know, such as <c>+5</c> and <c>.5</c>, is read nonetheless.</summary>
    public static double? Number(JsonElement value)
    {
        bool isNumber = value.ValueKind == JsonValueKind.Number ? value.TryGetDouble(out double number) : SampleNumber.TryParse(Word(value), out number);
        return isNumber && double.IsFinite(number) ? number : null;
    }

    /// <summary>Which of the numbers that are none stands there as a bare word, as Python's json.dumps writes them; null where none does.</summary>
    public static LeftOut? NoNumber(JsonElement value) =>
        !SampleNumber.TryParse(Word(value), out double number) || double.IsFinite(number) ? null : double.IsNaN(number) ? LeftOut.Nan : LeftOut.Infinite;

    /// <summary>True or false; as a word or as 1 and 0 too.</summary>
    public static bool? Truth(JsonElement value)
    {
        string? word = value.ValueKind switch
        {
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number => Number(value)?.ToString(CultureInfo.InvariantCulture),
            _ => Text(value)?.Trim(),
        };
        return Yes.Contains(word, StringComparer.OrdinalIgnoreCase) ? true : No.Contains(word, StringComparer.OrdinalIgnoreCase) ? false : null;
    }

    /// <summary>
    /// A time as ISO 8601 that begins with its date, <c>2026-01-02</c>: of a time of day alone no day shall be made up. Without
    /// an offset it is UTC, as Python's isoformat() of a naive UTC time writes it.
    /// </summary>
    public static DateTimeOffset? Time(JsonElement value) =>
        Text(value) is [>= '0' and <= '9', _, _, _, '-', _, _, '-', ..] text && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time
            : null;

    /// <summary>
    /// Whether the value is one of the times that programs write for "never": an empty text, 0, and all that is not after the
    /// beginning of 1970, such as the year 1 of Go and .NET and the year 0 of MySQL.
    /// </summary>
    public static bool IsNever(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? Number(value) is 0
        : Text(value) is "" or ['0', '0', '0', '0' or '1', '-', ..] || Time(value) <= DateTimeOffset.UnixEpoch;

    /// <summary>The text of a string; null where it is none: half of a surrogate pair, bytes that are not UTF-8.</summary>
    public static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The value as it stands in the answer, shortened, for a message.</summary>
    public static string Shown(JsonElement value, int length = MaxShown) =>
        VisibleText.Of(ForeignText.Fit(Encoding.UTF8.GetString(Word(value) is { IsEmpty: false } word ? word : JsonMarshal.GetRawUtf8Value(value)), length)!);

    /// <summary>A bare word of the answer, see <see cref="LooseJson"/>; empty where the value is none.</summary>
    private static ReadOnlySpan<byte> Word(JsonElement value) =>
        JsonMarshal.GetRawUtf8Value(value) is var raw && raw.StartsWith(LooseJson.WordMark) ? raw[LooseJson.WordMark.Length..^1] : default;

    private static bool IsNamed(JsonProperty member, string name)
    {
        try
        {
            return member.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
