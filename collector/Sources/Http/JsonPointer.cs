using System.Globalization;
using System.Text.Json;

namespace Collector.Sources.Http;

/// <summary>JSON pointers, RFC 6901: <c>/stats/fetches</c>, <c>/workers/0/pid</c>, with <c>~1</c> for a slash and <c>~0</c> for a tilde.</summary>
internal static class JsonPointer
{
    /// <summary>The element that <paramref name="pointer"/> names; null where there is none.</summary>
    public static JsonElement? Find(JsonElement root, string pointer)
    {
        JsonElement at = root;
        foreach (string token in pointer.Split('/').Skip(1))
        {
            string name = token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (JsonValue.Member(at, name) is { } member)
            {
                at = member;
            }
            else if (at.ValueKind == JsonValueKind.Array
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < at.GetArrayLength())
            {
                at = at[index];
            }
            else
            {
                return null;
            }
        }

        return at;
    }

    /// <summary>Why <paramref name="pointer"/> is none; null when it is one.</summary>
    public static string? Problem(string pointer) =>
        pointer.Length == 0 || pointer[0] == '/' ? null : $"{pointer} is no JSON pointer; it begins with a slash, as in /stats/{pointer}";
}
