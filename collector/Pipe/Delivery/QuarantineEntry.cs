using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Collector.Lines;

namespace Collector.Pipe.Delivery;

/// <summary>
/// A bad row on disk, one JSON object a line:
/// <code>
/// {"record":7,"row":3,"time":"...","reason":"...","error_id":"...","line":"...","bytes":"..."}          turned away by the store
/// {"source":"...","fault":"value","time":"...","reason":"...","error_id":null,"line":"...","bytes":"..."}   refused at the edge
/// </code>
/// An entry that a replay brought back, since it still does not fit, ends with that replay's name: <c>"replay":"..."</c>. One
/// that stands for several equal lines has their number: <c>"times":37</c>. Of a line longer than a line may be only the head
/// is kept, with <c>"length"</c>, in bytes, and <c>"sha256"</c> of the whole. <c>line</c> is for people, the head of it;
/// <c>bytes</c> (base64) is exact, since a binary double is no text.
/// </summary>
public sealed record QuarantineEntry(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ulong? Record,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Row,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Source,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Fault,
    DateTimeOffset Time,
    string Reason,
    string? ErrorId,
    string Line,
    byte[] Bytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Replay = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Times = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Length = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sha256 = null)
{
    /// <summary>Bytes of a line that people are shown, and that are kept of one that is too long.</summary>
    private const int HeadBytes = 1024;

    /// <summary>The lines it stands for.</summary>
    [JsonIgnore]
    public int Rows => Times ?? 1;

    /// <summary>Why it cannot be put back as it is; null where it can.</summary>
    [JsonIgnore]
    public LineFault? Cut => Length is { } length
        ? new LineFault(LineFaultKind.Length, "", $"only the first {Bytes.Length} of its {length} bytes were kept; have its sender send it again, in shorter lines")
        : null;

    public static QuarantineEntry Of(QuarantinedRow row) =>
        new(row.Record, row.Row, null, null, row.Time, row.Reason, row.ErrorId, Shown(row.Line.Span), row.Line.ToArray());

    /// <param name="times">Lines like it.</param>
    public static QuarantineEntry Of(RefusedRow row, int times, DateTimeOffset time, string? replay = null)
    {
        ReadOnlySpan<byte> line = row.Line.Span;
        var entry = new QuarantineEntry(null, null, row.Source, NameOf(row.Fault), time, row.Fault.Message, null, Shown(line), [], replay, times > 1 ? times : null);
        return row.Fault.Kind == LineFaultKind.Length && line.Length > HeadBytes
            ? entry with { Bytes = line[..HeadBytes].ToArray(), Length = line.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(line)) }
            : entry with { Bytes = line.ToArray() };
    }

    /// <summary>The same row, or its correction, that does not fit either.</summary>
    public QuarantineEntry Again(LineFault fault, byte[] line, DateTimeOffset time, string replay)
    {
        QuarantineEntry again = this with { Fault = NameOf(fault), Time = time, Reason = fault.Message, ErrorId = null, Replay = replay };
        return line == Bytes ? again : again with { Line = Shown(line), Bytes = line, Times = null, Length = null, Sha256 = null };
    }

    /// <summary>As it stands in the file, with the line's end.</summary>
    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, QuarantineJson.Default.QuarantineEntry), (byte)'\n'];

    /// <summary>Loads what writes an entry before it is needed, which is when files, disk or memory may have run out.</summary>
    public static void Prepare() => Of(new QuarantinedRow("", 0, 0, default, "", null, default)).ToBytes();

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

    private static string NameOf(LineFault fault) => fault.Kind.ToString().ToLowerInvariant();

    private static string Shown(ReadOnlySpan<byte> line) => line.Length <= HeadBytes
        ? Encoding.UTF8.GetString(line).TrimEnd('\n')
        : Encoding.UTF8.GetString(line[..HeadBytes]).TrimEnd('\uFFFD') + "…";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(QuarantineEntry))]
internal sealed partial class QuarantineJson : JsonSerializerContext;
