using System.Globalization;
using System.Text.Json;

namespace Collector.Sources;

/// <summary>What one JSON value says; null where it is of another type, so that no number is put in its place.</summary>
internal static class JsonValue
{
    private const int MaxShown = 40;

    /// <summary>A whole number from 0.</summary>
    public static long? Count(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long count) && count >= 0 ? count : null;

    /// <summary>A finite number.</summary>
    public static double? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) ? number : null;

    /// <summary>
    /// A time as ISO 8601 that begins with its date, <c>2026-01-02</c>: of a time of day alone no day shall be made up. Without
    /// an offset it is UTC, as Python's isoformat() of a naive UTC time writes it.
    /// </summary>
    public static DateTimeOffset? Time(JsonElement value) =>
        Text(value) is [>= '0' and <= '9', _, _, _, '-', _, _, '-', ..] text && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time
            : null;

    /// <summary>The text of a string; null for half of a surrogate pair too.</summary>
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
    public static string Shown(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length > MaxShown ? text[..MaxShown] + "…" : text;
    }
}
