using System.Text.Json;
using System.Text.Json.Serialization;

namespace Collector.Pipe.Replay;

/// <summary>Rows of one table that are to be put back into its log, once.</summary>
/// <param name="Items">Rows in quarantine, corrected ones, new ones.</param>
/// <param name="SetAside">Name of a segment file that was set aside, in the table's log; its readable rows come too.</param>
public sealed record ReplayRequest(IReadOnlyList<ReplayItem> Items, string? SetAside = null)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, ReplayJson.Default.ReplayRequest);

    /// <summary>Null where the file is none: a disk gave it back damaged.</summary>
    public static ReplayRequest? Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, ReplayJson.Default.ReplayRequest);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One entry of the quarantine, or new rows.</summary>
/// <param name="Entry">The entry's name; null for rows that come from elsewhere.</param>
/// <param name="Quarantine">The table under which the entry is kept.</param>
/// <param name="Rows">What replaces the entry's own row; null: nothing does.</param>
public sealed record ReplayItem(string? Entry, string? Quarantine, byte[]? Rows);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReplayRequest))]
internal sealed partial class ReplayJson : JsonSerializerContext;
