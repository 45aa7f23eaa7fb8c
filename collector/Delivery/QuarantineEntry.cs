using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Collector.Lines;

namespace Collector.Delivery;

/// <summary>
/// A bad row on disk, one JSON object a line:
/// <code>
/// {"record":7,"row":3,"time":"...","reason":"...","error_id":"...","line":"...","bytes":"..."}          turned away by the store
/// {"source":"...","fault":"value","time":"...","reason":"...","error_id":null,"line":"...","bytes":"..."}   refused at the edge
/// </code>
/// An entry that a replay brought back, since it still does not fit, ends with that replay's name: <c>"replay":"..."</c>.
/// <c>line</c> is for people; <c>bytes</c> (base64) is exact, since a binary double is no text.
/// </summary>
internal sealed record QuarantineEntry(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ulong? Record,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Row,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Source,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Fault,
    DateTimeOffset Time,
    string Reason,
    string? ErrorId,
    string Line,
    byte[] Bytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Replay = null)
{
    public static QuarantineEntry Of(QuarantinedRow row) =>
        new(row.Record, row.Row, null, null, row.Time, row.Reason, row.ErrorId, Shown(row.Line), row.Line.ToArray());

    public static QuarantineEntry Of(RefusedRow row, DateTimeOffset time, string? replay = null) =>
        new(null, null, row.Source, row.Fault.Kind.ToString().ToLowerInvariant(), time, row.Fault.Message, null, Shown(row.Line), row.Line.ToArray(), replay);

    /// <summary>The same row, or its correction, that does not fit either.</summary>
    public QuarantineEntry Again(LineFault fault, byte[] line, DateTimeOffset time, string replay) =>
        this with { Fault = fault.Kind.ToString().ToLowerInvariant(), Time = time, Reason = fault.Message, ErrorId = null, Line = Shown(line), Bytes = line, Replay = replay };

    /// <summary>As it stands in the file, with the line's end.</summary>
    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, QuarantineJson.Default.QuarantineEntry), (byte)'\n'];

    /// <summary>Null where the line is none: a crash cut it off.</summary>
    public static QuarantineEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, QuarantineJson.Default.QuarantineEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Shown(ReadOnlyMemory<byte> line) => Encoding.UTF8.GetString(line.Span).TrimEnd('\n');
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(QuarantineEntry))]
internal sealed partial class QuarantineJson : JsonSerializerContext;
