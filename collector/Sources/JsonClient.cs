using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Unicode;

namespace Collector.Sources;

/// <summary>Fetches one JSON page, within bounds. Every failure is a <see cref="SourceException"/> that names the address.</summary>
internal sealed class JsonClient : IDisposable
{
    private readonly Uri _url;
    private readonly HttpClient _http;

    /// <param name="maxBytes">Bytes of an answer that are read at the most.</param>
    public JsonClient(Uri url, long maxBytes)
    {
        _url = url;
        Shown = url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        _http = new HttpClient(new SocketsHttpHandler { MaxAutomaticRedirections = 5, UseProxy = !url.IsLoopback, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            MaxResponseContentBufferSize = maxBytes,
            Timeout = System.Threading.Timeout.InfiniteTimeSpan, // the runner's time-out counts
        };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    /// <summary>The address without what may be secret in it: user, password, query.</summary>
    public string Shown { get; }

    public void Dispose() => _http.Dispose();

    public async Task<JsonDocument> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(_url, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new SourceException(SourceError.Status, $"{Shown} answers {(int)response.StatusCode} {response.ReasonPhrase}");
            }

            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (!Utf8.IsValid(body))
            {
                throw new SourceException(SourceError.Format, $"{Shown} answers with bytes that are not UTF-8");
            }

            return JsonDocument.Parse(body) is { RootElement.ValueKind: JsonValueKind.Object } document
                ? document
                : throw new SourceException(SourceError.Format, $"{Shown} answers with JSON that is no object");
        }
        catch (HttpRequestException exception)
        {
            throw exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded
                ? new SourceException(SourceError.Format, $"{Shown} answers with more than {_http.MaxResponseContentBufferSize} bytes (max_bytes)", exception)
                : new SourceException(SourceError.Unreachable, $"{Shown} cannot be reached: {(exception.InnerException ?? exception).Message}", exception);
        }
        catch (IOException exception)
        {
            throw new SourceException(SourceError.Unreachable, $"{Shown} broke off: {exception.Message}", exception);
        }
        catch (JsonException exception)
        {
            throw new SourceException(SourceError.Format, $"{Shown} answers with something other than JSON: {exception.Message}", exception);
        }
    }
}
