using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Collector.Settings;

/// <summary>A type that is written as one value: how to read it, how to write it back, and how to tell an editor.</summary>
/// <param name="Expected">What to write, in the words of a fault.</param>
/// <param name="Parse">Reads the text.</param>
/// <param name="Write">Writes a default the way it would stand in the file.</param>
/// <param name="Schema">The JSON schema of the type.</param>
internal sealed record ScalarType(
    string Expected, Func<string, Parsed> Parse, Func<object, JsonNode?> Write, Func<JsonObject> Schema)
{
    private static readonly ConcurrentDictionary<Type, ScalarType> Choices = new();

    private static readonly Dictionary<Type, ScalarType> Known = new()
    {
        [typeof(string)] = new("write a text", Parsed.Right, AsText, () => Typed("string")),
        [typeof(bool)] = new("write true or false", ParseBool, value => (bool)value, () => Typed("boolean")),
        [typeof(int)] = new("write a whole number", ParseWhole(int.MinValue, int.MaxValue, n => (int)n), value => (int)value, () => Typed("integer")),
        [typeof(long)] = new("write a whole number", ParseWhole(long.MinValue, long.MaxValue, n => n), value => (long)value, () => Typed("integer")),
        [typeof(double)] = new("write a number, such as 0.5", ParseDouble, value => (double)value, () => Typed("number")),
        [typeof(TimeSpan)] = new(Durations.Expected, Durations.Parse, value => Durations.Write((TimeSpan)value), () => Text(Durations.Pattern)),
        [typeof(ByteSize)] = new(
            ByteSize.Expected, ByteSize.Parse, AsText, () => new JsonObject { ["type"] = new JsonArray("string", "integer"), ["pattern"] = ByteSize.Pattern }),
        [typeof(HostPort)] = new(HostPort.Expected, HostPort.Parse, AsText, () => Text(HostPort.Pattern)),
        [typeof(Uri)] = new(WebAddress.Expected, WebAddress.Parse, value => WebAddress.Write((Uri)value), () => Typed("string")),
        // Read by the SecretReader, which needs more than the text; a default is not written anywhere.
        [typeof(Secret)] = new(SecretReader.Expected, text => Parsed.Right(new Secret(text)), _ => null, () => Typed("string")),
    };

    /// <summary>Null when the type is not written as one value.</summary>
    public static ScalarType? Find(Type type) =>
        type.IsEnum ? Choices.GetOrAdd(type, Choice) : Known.GetValueOrDefault(type);

    private static JsonObject Typed(string type) => new() { ["type"] = type };

    private static JsonObject Text(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonNode AsText(object value) => value.ToString()!;

    private static Parsed ParseBool(string text) => text switch
    {
        "true" or "True" or "TRUE" => Parsed.Right(true),
        "false" or "False" or "FALSE" => Parsed.Right(false),
        _ => Parsed.Wrong("is neither true nor false"),
    };

    private static Func<string, Parsed> ParseWhole(long least, long most, Func<long, object> convert) => text =>
    {
        if (!Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 number))
        {
            return Parsed.Wrong("is no whole number");
        }

        return number >= least && number <= most
            ? Parsed.Right(convert((long)number))
            : Parsed.Wrong($"is outside {least} to {most}");
    };

    private static Parsed ParseDouble(string text) =>
        double.TryParse(text, NumberStyles.Float & ~(NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite), CultureInfo.InvariantCulture, out double number)
            && double.IsFinite(number)
            ? Parsed.Right(number)
            : Parsed.Wrong("is no number");

    private static ScalarType Choice(Type type)
    {
        Dictionary<string, object> names = Enum.GetNames(type).ToDictionary(SnakeCase.Of, name => Enum.Parse(type, name), StringComparer.Ordinal);
        string[] written = names.Keys.ToArray();
        return new ScalarType(
            written.Length == 1 ? $"write {written[0]}" : $"write {string.Join(", ", written[..^1])} or {written[^1]}",
            text => names.TryGetValue(text, out object? value) ? Parsed.Right(value) : Parsed.Wrong("is none of the choices"),
            value => SnakeCase.Of(value.ToString()!),
            () => new JsonObject { ["enum"] = new JsonArray([.. written.Select(name => (JsonNode)name)]) });
    }
}
