using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Collector.Web.Listeners;

/// <summary>
/// The certificate that a listener shows, as its files have it: a pair that changed counts from the next connection on, those
/// that are open go on. A pair that cannot be used, such as one of which a half is written, leaves the one before in place.
/// </summary>
public sealed partial class ServerCertificate
{
    private readonly Lock _gate = new();
    private readonly TlsOptions _options;
    private readonly ILogger _logger;
    private volatile Shown _shown;
    private string? _told;

    /// <param name="listener">What it is for, as metrics and the configuration call it: <c>http</c>, <c>gateway</c>.</param>
    /// <exception cref="IOException">The files cannot be used.</exception>
    public ServerCertificate(string listener, TlsOptions options, ILogger logger)
    {
        (Listener, _options, _logger) = (listener, options, logger);
        try
        {
            _shown = Show(PemPair.Read(options));
        }
        catch (Exception exception) when (PemPair.IsProblem(exception))
        {
            throw new IOException($"{options.Certificate} with {options.Key} ({listener}.tls) cannot be used: {exception.Message}", exception);
        }
    }

    public string Listener { get; }

    /// <summary>What a connection that begins now is shown.</summary>
    public SslStreamCertificateContext Context => _shown.Context;

    public CertificateLife Life => _shown.Life;

    /// <summary>Takes what the files hold, if that is another pair and can be used. What is wrong with it is logged once.</summary>
    public void Look()
    {
        lock (_gate)
        {
            try
            {
                var pair = PemPair.Read(_options);
                if (pair.Hash != _shown.Hash)
                {
                    // The one before is left to the collector of garbage: connections may be about to use it.
                    _shown = Show(pair);
                    LogTaken(_options.Certificate, Listener, CertificateLife.Text(Life.Ends));
                }

                _told = null;
            }
            catch (Exception exception) when (PemPair.IsProblem(exception))
            {
                if (_told != exception.Message)
                {
                    _told = exception.Message;
                    LogUnusable(_options.Certificate, _options.Key, Listener, CertificateLife.Text(Life.Ends), exception.Message);
                }
            }
        }
    }

    private static Shown Show(PemPair pair)
    {
        X509Certificate2 certificate = pair.Load();
        return new Shown(pair.Hash, SslStreamCertificateContext.Create(certificate, pair.LoadChain()), CertificateLife.Of(certificate));
    }

    [LoggerMessage(6501, LogLevel.Information, "{Certificate} is a new certificate ({Listener}.tls), and is shown to new connections; it ends at {End}")]
    private partial void LogTaken(string certificate, string listener, string end);

    [LoggerMessage(6502, LogLevel.Warning, "{Certificate} with {Key} ({Listener}.tls) changed and cannot be used, so the certificate before is still shown, which ends at {End}: {Problem} It is tried again every 10 s; if this lasts, put a certificate and the key that belongs to it there")]
    private partial void LogUnusable(string certificate, string key, string listener, string end, string problem);

    private sealed record Shown(string Hash, SslStreamCertificateContext Context, CertificateLife Life);
}
