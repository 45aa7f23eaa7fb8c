using System.Security.Cryptography.X509Certificates;
using Collector.Capabilities;
using Collector.Web.Listeners;

namespace Collector.App.Doctor;

/// <summary>Whether the certificates of the listeners count now, and for how long.</summary>
internal static class CertificateChecks
{
    private const string Renew = "renew it, and put certificate and key in its place: the collector takes them within 10 s, without a restart";

    public static IEnumerable<Finding> Run(TlsOptions? http, TlsOptions? gateway, DateTimeOffset now) =>
        Lives(http, gateway).Select(each => (each.Life.Problem(now), each.Life.Warning(now)) switch
        {
            ({ } problem, _) => Finding.Fail(each.Setting, $"{each.File} {problem}", each.Life.Begins > now ? "see whether this machine's clock is right; else wait, or use another one" : Renew),
            (_, { } warning) => Finding.Warn(each.Setting, $"{each.File} {warning}", Renew),
            _ => Finding.Ok(each.Setting, $"{each.File} is valid until {CertificateLife.Text(each.Life.Ends)}"),
        });

    /// <summary>What <c>collector check</c> says: a faulty certificate stops nobody from collecting, hence it is no fault.</summary>
    public static IEnumerable<string> Warnings(TlsOptions? http, TlsOptions? gateway, DateTimeOffset now) =>
        Lives(http, gateway).Select(each => each.Life.Problem(now) is { } problem ? $"{each.Setting}: {each.File} {problem}" : null).OfType<string>();

    private static IEnumerable<(string Setting, string File, CertificateLife Life)> Lives(TlsOptions? http, TlsOptions? gateway)
    {
        (string Setting, TlsOptions? Tls)[] all = [("http.tls", http), ("gateway.tls", gateway)];
        foreach ((string setting, TlsOptions? tls) in all)
        {
            if (tls is not null)
            {
                using X509Certificate2 certificate = tls.Load();
                yield return (setting, tls.Certificate, CertificateLife.Of(certificate));
            }
        }
    }
}
