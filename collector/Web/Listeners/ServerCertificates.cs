using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Collector.Web.Listeners;

/// <summary>The certificates of all listeners, kept as their files have them.</summary>
public sealed class ServerCertificates : IDisposable
{
    /// <summary>
    /// Between two looks at the files. Whoever asks the collector how it is trusts the certificate in the file alone: a
    /// container's health check must not fail more than once until the collector shows it too.
    /// </summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ServerCertificate[] _all;
    private readonly ITimer? _timer;

    /// <param name="http">Null: that listener speaks plain HTTP.</param>
    /// <param name="gateway">Null: that listener speaks plain HTTP, or there is none.</param>
    /// <exception cref="IOException">A certificate cannot be used.</exception>
    public ServerCertificates(TlsOptions? http, TlsOptions? gateway, TimeProvider clock, ILogger<ServerCertificates> logger)
    {
        Http = http is null ? null : new ServerCertificate(ListenerMetrics.Http, http, logger);
        Gateway = gateway is null ? null : new ServerCertificate(ListenerMetrics.Gateway, gateway, logger);
        _all = [.. new[] { Http, Gateway }.OfType<ServerCertificate>()];
        _timer = _all.Length == 0 ? null : clock.CreateTimer(static me => ((ServerCertificates)me!).Look(), this, Interval, Interval);
    }

    public ServerCertificate? Http { get; }

    public ServerCertificate? Gateway { get; }

    /// <summary>Takes what the files hold now.</summary>
    public void Look() => Array.ForEach(_all, static certificate => certificate.Look());

    public void Publish(Meter meter)
    {
        if (_all.Length > 0)
        {
            meter.CreateObservableGauge(
                "collector_tls_certificate_not_after_seconds",
                () => _all.Select(certificate => new Measurement<double>(
                    certificate.Life.Ends.ToUnixTimeMilliseconds() / 1000.0, new KeyValuePair<string, object?>("listener", certificate.Listener))),
                "s",
                "When the certificate ends that a listener shows, since 1970.");
        }
    }

    public void Dispose() => _timer?.Dispose();
}
