using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Collector.Sources.Http;

/// <summary>Fetches one JSON page, within bounds. Every failure is a <see cref="SourceException"/> that names the address.</summary>
/// <remarks>What cannot be read of a page costs that value, see <see cref="LooseJson"/>.</remarks>
/// <param name="maxBytes">Bytes of an answer that are read at the most.</param>
/// <param name="credentials">Whose page it is; null for one that anybody may read.</param>
internal sealed class JsonClient(Uri url, long maxBytes, HttpSourceOptions? credentials = null) : IDisposable
{
    /// <summary>Bounded by the answer's bytes alone, and read without recursion: what nests deep somewhere costs nothing elsewhere.</summary>
    private static readonly JsonDocumentOptions Tolerant = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = int.MaxValue };

    private readonly ArrayBufferWriter<byte> _mended = new();
    private readonly SourceHttpClient _pages = new(url, maxBytes, headers =>
    {
        headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        headers.Authorization = credentials?.Authorization;
    });

    /// <summary>The address without what may be secret in it: user, password, query.</summary>
    public string Shown => _pages.Shown;

    public void Dispose() => _pages.Dispose();

    /// <returns>An object, to be disposed of before the next one is asked for.</returns>
    public async Task<JsonDocument> GetAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> body = (await _pages.GetAsync(cancellationToken)).Body;
        try
        {
            return JsonDocument.Parse(LooseJson.Mend(body.Span, _mended) ? _mended.WrittenMemory : body, Tolerant) is { RootElement.ValueKind: JsonValueKind.Object } document
                ? document
                : throw new SourceException(SourceError.Format, $"{Shown} answers with JSON that is no object");
        }
        catch (JsonException exception)
        {
            throw new SourceException(SourceError.Format, $"{Shown} answers with something other than JSON: {exception.Message}", exception);
        }
    }
}
