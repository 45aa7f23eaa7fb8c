using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Collector.Testing;

/// <summary>A certificate for 127.0.0.1 that its own key signed, as PEM files.</summary>
internal static class TestCertificate
{
    /// <param name="begins">Null: a day ago.</param>
    /// <param name="ends">Null: in a day.</param>
    /// <returns>What tells it from another one.</returns>
    public static string Write(string certificate, string key, DateTimeOffset? begins = null, DateTimeOffset? ends = null)
    {
        using var secret = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=collector.test", secret, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(begins ?? now.AddDays(-1), ends ?? now.AddDays(1));
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(key, secret.ExportPkcs8PrivateKeyPem());
        return made.Thumbprint;
    }
}
