using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Collector.Settings;

/// <summary>
/// A JSON Schema (draft 2020-12) of the options records, for completion and checks in an editor. It comes from the same
/// shapes as the binder, so that the two cannot disagree on a key.
/// </summary>
internal static class ConfigSchema
{
    private const int MaxDepth = 16;

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // Read by an editor, not put into a page.
    };

    /// <param name="root">The record of the file's top level.</param>
    /// <param name="typedSections">The sections bound by <see cref="OptionsBinder.BindTyped"/>, with their types.</param>
    /// <param name="sections">Those bound by <see cref="OptionsBinder.BindSection"/>, with their records.</param>
    public static string Of(Type root, IReadOnlyDictionary<string, IReadOnlyDictionary<string, Type>> typedSections, IReadOnlyDictionary<string, Type>? sections = null)
    {
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema" };
        foreach ((string? name, JsonNode? value) in Record(root, OptionsShape.Of(root).Create(), isFresh: true, 0).ToList())
        {
            schema[name] = value?.DeepClone();
        }

        foreach ((string? section, Type? type) in sections ?? new Dictionary<string, Type>(StringComparer.Ordinal))
        {
            JsonObject record = Record(type, OptionsShape.Of(type).Create(), isFresh: false, 1);
            if (XmlSummaries.Of(type) is { } summary)
            {
                record["description"] = summary;
            }

            schema["properties"]![section] = record;
        }

        foreach ((string? section, IReadOnlyDictionary<string, Type>? types) in typedSections)
        {
            schema["properties"]![section] = Typed(types);
        }

        return schema.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Typed(IReadOnlyDictionary<string, Type> types)
    {
        var properties = new JsonObject();
        foreach ((string? name, Type? type) in types.OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            JsonObject record = Record(type, OptionsShape.Of(type).Create(), isFresh: true, 0);
            JsonObject entry = OneOrList(record);
            entry["anyOf"]!.AsArray().Add(new JsonObject { ["type"] = "null" });
            if (XmlSummaries.Of(type) is { } summary)
            {
                entry["description"] = summary;
            }

            properties[name] = entry;
        }

        return new JsonObject { ["type"] = Nullable("object"), ["properties"] = properties, ["additionalProperties"] = false };
    }

    /// <param name="type">The record.</param>
    /// <param name="defaults">The instance that holds its defaults, which an outer record may have set.</param>
    /// <param name="isFresh">Whether its required keys must be given, which defaults of an outer record spare.</param>
    /// <param name="depth">How many records this one is inside of.</param>
    private static JsonObject Record(Type type, object defaults, bool isFresh, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new InvalidOperationException($"{type} holds itself; options are a tree.");
        }

        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (OptionKey key in OptionsShape.Of(type).Keys)
        {
            properties[key.Name] = Key(key, key.Property.GetValue(defaults), depth);
            if (key.IsRequired && isFresh)
            {
                required.Add(key.Name);
            }
        }

        // A section with nothing in it is one with its defaults, unless it must hold something.
        var schema = new JsonObject { ["type"] = required.Count == 0 ? Nullable("object") : "object", ["properties"] = properties };
        if (required.Count > 0)
        {
            schema["required"] = required;
        }

        schema["additionalProperties"] = false;
        return schema;
    }

    private static JsonObject Key(OptionKey key, object? value, int depth)
    {
        JsonObject schema = Shape(key.Shape, key, value, depth);
        foreach (ValidationAttribute? limit in key.CountLimits.Where(_ => key.Shape.Kind != ValueKind.Scalar))
        {
            Limit(schema["anyOf"]?[1] as JsonObject ?? schema, limit, "Items");
        }

        if (key.IsNullable && schema["type"] is JsonValue type)
        {
            schema["type"] = Nullable(type.GetValue<string>());
        }

        if (key.IsNullable && schema["enum"] is JsonArray choices)
        {
            choices.Add((JsonNode?)null);
        }

        string? allowed = key.Limits.Where(limit => limit is BetweenAttribute).Select(Limits.Allowed).FirstOrDefault();
        string?[] sentences = [XmlSummaries.Of(key.Property), allowed is null ? null : $"Limits: {allowed}."];
        string description = string.Join(' ', sentences.Where(sentence => sentence is not null));
        if (description.Length > 0)
        {
            schema["description"] = description;
        }

        if (!key.IsRequired && value is not null && ScalarType.Find(key.Shape.Type)?.Write(value) is { } written)
        {
            schema["default"] = written;
        }

        return schema;
    }

    private static JsonObject Shape(ValueShape shape, OptionKey key, object? value, int depth)
    {
        switch (shape.Kind)
        {
            case ValueKind.List:
                return OneOrList(Shape(shape.Element!, key, null, depth));
            case ValueKind.Dictionary:
                JsonObject entries = Shape(shape.Element!, key, null, depth);
                return new JsonObject { ["type"] = Nullable("object"), ["additionalProperties"] = entries };
            case ValueKind.Record:
                object? given = key.Shape.Kind == ValueKind.Record && !key.IsRequired ? value : null;
                return Record(shape.Type, given ?? OptionsShape.Of(shape.Type).Create(), given is null, depth + 1);
            default:
                JsonObject schema = ScalarType.Find(shape.Type)!.Schema();
                // The limits of a secret hold for what file: and env: lead to, not for what is written.
                foreach (ValidationAttribute? limit in key.ValueLimits.Where(_ => shape.Type != typeof(Secret)))
                {
                    Limit(schema, limit, "Length");
                }

                if (shape.Type == typeof(string) && !key.MayBeEmpty && !schema.ContainsKey("minLength"))
                {
                    schema["minLength"] = 1;
                }

                return schema;
        }
    }

    /// <summary>A single one stands for a list of one.</summary>
    private static JsonObject OneOrList(JsonObject item) => new()
    {
        ["anyOf"] = new JsonArray(item, new JsonObject { ["type"] = "array", ["items"] = item.DeepClone() }),
    };

    private static JsonArray Nullable(string type) => new(type, "null");

    private static void Limit(JsonObject schema, ValidationAttribute limit, string counted)
    {
        switch (limit)
        {
            case RangeAttribute range:
                Bound(schema, range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum", range.Minimum);
                Bound(schema, range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum", range.Maximum);
                break;
            case RegularExpressionAttribute pattern:
                schema["pattern"] = $"^(?:{pattern.Pattern})$"; // The attribute asks for a match of the whole text.
                break;
            case SchemesAttribute schemes:
                schema["pattern"] = $"^({string.Join('|', schemes.Schemes)})://";
                break;
            case LengthAttribute length:
                (schema[$"min{counted}"], schema[$"max{counted}"]) = (length.MinimumLength, length.MaximumLength);
                break;
            case MinLengthAttribute least:
                schema[$"min{counted}"] = least.Length;
                break;
            case MaxLengthAttribute most:
                schema[$"max{counted}"] = most.Length;
                break;
            case StringLengthAttribute length:
                (schema["minLength"], schema["maxLength"]) = (length.MinimumLength, length.MaximumLength);
                break;
        }
    }

    private static void Bound(JsonObject schema, string name, object bound)
    {
        if (Limits.Bound(bound) is not null)
        {
            schema[name] = bound is int whole ? whole : Convert.ToDouble(bound, CultureInfo.InvariantCulture);
        }
    }
}
