using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Collector.Pipe.Delivery;

namespace Collector.Stores.QuestDb;

/// <summary>What the server answered.</summary>
/// <param name="Body">Its text, cut at the limit that was asked for.</param>
/// <param name="IsWhole">False where the text was cut.</param>
internal sealed record Reply(HttpStatusCode Status, string Body, bool IsWhole = true, TimeSpan? RetryAfter = null);

/// <summary>An answer, or why there is none: exactly one of the two is set.</summary>
internal readonly record struct Exchange(Reply? Reply, Outcome? Failure);

/// <summary>
/// HTTP as QuestDB wants it: version 1.1, no pipelining, no <c>Expect</c>, no redirects, bounded answers, and a connection
/// for each request. QuestDB keeps what it knows of a table with the connection: one that has written to a table answers
/// 204 to the next request even if the table was dropped meanwhile, and its rows are gone. A new connection takes a fraction
/// of what a batch takes.
/// </summary>
internal sealed class QuestDbClient : IDisposable
{
    /// <summary>Bytes of an error's text that are read.</summary>
    public const int ErrorBytes = 64 * 1024;

    private readonly QuestDbOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly Uri _root;

    public QuestDbClient(QuestDbOptions options, TimeProvider clock)
    {
        (_options, _clock) = (options, clock);
        _http = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                ActivityHeadersPropagator = null,
                AllowAutoRedirect = false,
                ConnectTimeout = options.ConnectTimeout,
                PooledConnectionLifetime = TimeSpan.Zero,
                SslOptions = { CertificateChainPolicy = options.Ca is null ? null : TrustedRoots.Policy(options.Ca) },
                UseCookies = false,
                UseProxy = false,
            },
            disposeHandler: true);
        string address = options.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
        _root = new Uri(address + '/');
        Place = $"QuestDB at {address}";
        _authorization = options switch
        {
            { Token: not null } => new AuthenticationHeaderValue("Bearer", options.Token.Reveal()),
            { Username.Length: > 0 } => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.Username}:{options.Password?.Reveal()}"))),
            _ => null,
        };
    }

    /// <summary>For people, without credentials: <c>QuestDB at http://127.0.0.1:9000</c>.</summary>
    public string Place { get; }

    public Task<Exchange> GetAsync(string target, int maxBytes, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, target, null, maxBytes, cancellationToken);

    public Task<Exchange> PostAsync(string target, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, target, new LinesContent(lines, _options.Gzip), ErrorBytes, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<Exchange> SendAsync(HttpMethod method, string target, LinesContent? content, int maxBytes, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(_root, target)) { Content = content };
        request.Headers.Authorization = _authorization;
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("collector", null));
        using var deadline = new CancellationTokenSource(_options.RequestTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, either.Token);
            (string body, bool whole) = await ReadAsync(response.Content, maxBytes, either.Token);
            return new Exchange(new Reply(response.StatusCode, body, whole, RetryAfter(response.Headers)), null);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            string waited = deadline.IsCancellationRequested
                ? $"gave no answer within {_options.RequestTimeout.TotalSeconds:0.###} s"
                : $"took no connection within {_options.ConnectTimeout.TotalSeconds:0.###} s";
            return Failed(content, exception, waited);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Failed(content, exception, content is { Started: true } ? "broke off" : "cannot be reached");
        }
    }

    private Exchange Failed(LinesContent? content, Exception exception, string what)
    {
        string why = exception is OperationCanceledException ? "" : $": {(exception.InnerException ?? exception).Message}";
        string reason = $"{Place} {what}{why}";
        return new Exchange(null, content is { Started: true } ? new Outcome.Unknown(reason) : new Outcome.Retry(reason));
    }

    /// <summary>A date counts from the server's own clock, where it tells it: the two need not agree.</summary>
    private TimeSpan? RetryAfter(HttpResponseHeaders headers)
    {
        TimeSpan? after = headers.RetryAfter?.Delta ?? (headers.RetryAfter?.Date - (headers.Date ?? _clock.GetUtcNow()));
        return after < TimeSpan.Zero ? TimeSpan.Zero : after;
    }

    private static async Task<(string Text, bool Whole)> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
        using var text = new MemoryStream();
        byte[] buffer = new byte[4096];
        while (text.Length < maxBytes)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, maxBytes - text.Length)), cancellationToken);
            if (read == 0)
            {
                break;
            }

            text.Write(buffer, 0, read);
        }

        bool whole = text.Length < maxBytes || await stream.ReadAsync(buffer.AsMemory(0, 1), cancellationToken) == 0;
        return (Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length), whole);
    }
}
