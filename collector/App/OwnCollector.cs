using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Collector.Settings;
using Collector.Web.Listeners;

namespace Collector.App;

/// <summary>
/// The collector that runs with a configuration, as another process on its machine asks it that has read the same file: it
/// brings the token of <c>http.token</c>, and trusts the one certificate that is in the file of <c>http.tls</c>.
/// </summary>
internal sealed class OwnCollector : IDisposable
{
    /// <summary>An answer is a few lines; another program may be there.</summary>
    private const int MaxBytes = 64 * 1024;

    private readonly HttpClient _http;

    /// <param name="patience">How long an answer may take.</param>
    public OwnCollector(HttpOptions http, TimeSpan patience)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (http.Tls is { } tls)
        {
            Trust(handler, tls);
        }

        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri($"{(http.Tls is null ? "http" : "https")}://{Near(http.Listen)}:{http.Listen.Port}/"),
            Timeout = patience,
            MaxResponseContentBufferSize = MaxBytes,
        };
        if (http.Token is { } token)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken.First(token));
        }
    }

    /// <summary>What answered speaks TLS, and showed another certificate than the one in the file.</summary>
    public bool HasOtherCertificate { get; private set; }

    /// <summary>How a listener of this machine is reached, as it stands in a URL: who listens at all addresses is asked at loopback.</summary>
    public static string Near(HostPort listen) => listen.Host switch
    {
        "0.0.0.0" => "127.0.0.1",
        "::" => "[::1]",
        var other => other.Contains(':', StringComparison.Ordinal) ? $"[{other}]" : other,
    };

    /// <param name="path">Without its first slash.</param>
    public Uri At(string path) => new(_http.BaseAddress!, path);

    /// <param name="path">Without its first slash.</param>
    /// <exception cref="HttpRequestException">Nothing answers, or nothing that is trusted.</exception>
    /// <exception cref="OperationCanceledException">It takes too long, or is cancelled.</exception>
    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken) => _http.GetAsync(At(path), cancellationToken);

    public void Dispose() => _http.Dispose();

    private void Trust(SocketsHttpHandler handler, TlsOptions tls)
    {
        // Its name is that of the machine and not of loopback, and its end is told elsewhere: what counts is that it is the very one.
        using X509Certificate2 own = tls.Load();
        byte[] wanted = own.RawData;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
        {
            HasOtherCertificate = shown is null || !shown.GetRawCertData().AsSpan().SequenceEqual(wanted);
            return !HasOtherCertificate;
        };
    }
}
