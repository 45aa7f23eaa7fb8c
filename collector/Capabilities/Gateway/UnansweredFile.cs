using System.Text.Json;
using System.Text.Json.Serialization;
using Collector.Settings.Files;

namespace Collector.Capabilities.Gateway;

/// <summary>A request that was left, as it is kept from one run to the next.</summary>
/// <param name="Since">When it, or the first of its like, began.</param>
/// <param name="TakenTo">See <see cref="RequestProgress.TakenTo"/>.</param>
/// <param name="Piece">See <see cref="RequestProgress.Piece"/>.</param>
public sealed record LeftRequest(
    string Hash, DateTimeOffset Since, int Position, int Line, long? FirstTime, int Accepted, int Quarantined, int Lost, Dictionary<string, int> TakenTo, int Piece = 0);

/// <summary>
/// <c>&lt;data_dir&gt;/unanswered.json</c>: what an orderly end leaves to the next start, which takes it away. So nothing old is found
/// there after a kill.
/// </summary>
public static partial class UnansweredFile
{
    public const string FileName = "unanswered.json";

    /// <summary>Takes what is there; nothing where there is none.</summary>
    /// <exception cref="IOException">It cannot be read or removed.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    /// <exception cref="JsonException">It holds something else, and is gone.</exception>
    public static LeftRequest[] Take(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        byte[] text = File.ReadAllBytes(path);
        File.Delete(path);
        return JsonSerializer.Deserialize(text, Format.Default.LeftRequestArray) ?? [];
    }

    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static void Write(string path, LeftRequest[] left)
    {
        WholeFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(left, Format.Default.LeftRequestArray));
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(LeftRequest[]))]
    private sealed partial class Format : JsonSerializerContext;
}
