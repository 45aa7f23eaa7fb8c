using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Unicode;

namespace Collector.Sources;

/// <summary>Fetches one JSON page, within bounds. Every failure is a <see cref="SourceException"/> that names the address.</summary>
/// <param name="maxBytes">Bytes of an answer that are read at the most.</param>
internal sealed class JsonClient(Uri url, long maxBytes) : IDisposable
{
    private readonly PageClient _pages = new(url, maxBytes, headers => headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json")));

    /// <summary>The address without what may be secret in it: user, password, query.</summary>
    public string Shown => _pages.Shown;

    public void Dispose() => _pages.Dispose();

    /// <returns>An object, to be disposed of before the next one is asked for.</returns>
    public async Task<JsonDocument> GetAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> body = (await _pages.GetAsync(cancellationToken)).Body;
        if (!Utf8.IsValid(body.Span))
        {
            throw new SourceException(SourceError.Format, $"{Shown} answers with bytes that are not UTF-8");
        }

        try
        {
            return JsonDocument.Parse(body) is { RootElement.ValueKind: JsonValueKind.Object } document
                ? document
                : throw new SourceException(SourceError.Format, $"{Shown} answers with JSON that is no object");
        }
        catch (JsonException exception)
        {
            throw new SourceException(SourceError.Format, $"{Shown} answers with something other than JSON: {exception.Message}", exception);
        }
    }
}
