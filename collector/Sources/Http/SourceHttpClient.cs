using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Collector.Sources.Http;

/// <summary>A page as it was answered.</summary>
/// <param name="Body">Unpacked. It lasts until the client reads the next one.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HttpAnswer(ReadOnlyMemory<byte> Body, MediaTypeHeaderValue? ContentType);

/// <summary>Fetches one page again and again, within bounds. Every failure is a <see cref="SourceException"/> that names the address.</summary>
internal sealed class SourceHttpClient : IDisposable
{
    private const int FirstRoom = 16 * 1024;

    private readonly Uri _url;
    private readonly long _maxBytes;
    private readonly HttpClient _http;
    private byte[] _body = new byte[FirstRoom];
    private bool _hasConnection;

    /// <param name="maxBytes">Bytes of an answer, unpacked, that are read at the most.</param>
    /// <param name="prepare">Sets the headers of each request. An Authorization is not sent on after a redirect.</param>
    public SourceHttpClient(Uri url, long maxBytes, Action<HttpRequestHeaders> prepare)
    {
        (_url, _maxBytes) = (url, maxBytes);
        Shown = url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        _http = new HttpClient(new WebRedirects(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // they are followed, see there
            AutomaticDecompression = DecompressionMethods.GZip,
            UseProxy = !url.IsLoopback,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        }))
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan, // the runner's time-out counts
        };
        prepare(_http.DefaultRequestHeaders);
    }

    /// <summary>The address without what may be secret in it: user, password, query.</summary>
    public string Shown { get; }

    public void Dispose() => _http.Dispose();

    public async Task<HttpAnswer> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await AskAsync(cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new SourceException(SourceError.Status, $"{Shown} answers {(int)response.StatusCode} {response.ReasonPhrase}");
            }

            await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            int length = await ReadAsync(stream, cancellationToken);
            _hasConnection = true;
            return new HttpAnswer(_body.AsMemory(0, length), ContentType(response.Content.Headers));
        }
        catch (HttpRequestException exception)
        {
            throw new SourceException(SourceError.Unreachable, $"{Shown} cannot be reached: {(exception.InnerException ?? exception).Message}", exception);
        }
        catch (RedirectException exception)
        {
            throw new SourceException(SourceError.Status, $"{Shown} cannot be read: {exception.Message}", exception);
        }
        catch (InvalidDataException exception)
        {
            throw new SourceException(SourceError.Format, $"{Shown} answers with something that cannot be unpacked: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new SourceException(SourceError.Unreachable, $"{Shown} broke off: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Asks once more where the connection of the last page turns out to be gone: nobody has answered yet, and a GET may be
    /// repeated. The platform does so by itself where the other side closed it in good order, and not where it was reset.
    /// </summary>
    private async Task<HttpResponseMessage> AskAsync(CancellationToken cancellationToken)
    {
        bool mayBeStale = _hasConnection;
        _hasConnection = false;
        try
        {
            return await _http.GetAsync(_url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception) when (mayBeStale && exception.InnerException is IOException { InnerException: SocketException })
        {
            return await _http.GetAsync(_url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
    }

    /// <summary>The content type; of one that is written wrongly, such as with a semicolon at its end, what stands before its parameters.</summary>
    private static MediaTypeHeaderValue? ContentType(HttpContentHeaders headers) => headers.ContentType
        ?? (headers.NonValidated.TryGetValues("Content-Type", out HeaderStringValues written)
            && MediaTypeHeaderValue.TryParse(written.First().Split(';')[0], out MediaTypeHeaderValue? type) ? type : null);

    /// <returns>The length of the answer, which is in <see cref="_body"/>.</returns>
    private async Task<int> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        for (int length = 0; ;)
        {
            if (length == _body.Length)
            {
                Array.Resize(ref _body, (int)Math.Min(Array.MaxLength, Math.Min(length * 2L, Math.Max(_maxBytes + 1, FirstRoom))));
            }

            int read = await stream.ReadAsync(_body.AsMemory(length), cancellationToken);
            length += read;
            if (length > _maxBytes)
            {
                throw new SourceException(SourceError.Format, $"{Shown} answers with more than {_maxBytes} bytes (max_bytes)");
            }

            if (read == 0)
            {
                return length;
            }
        }
    }
}
