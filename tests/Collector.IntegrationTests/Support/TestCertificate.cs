using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Collector.IntegrationTests.Support;

/// <summary>A certificate that its own key signed, for a name that no listener of a test has.</summary>
internal static class TestCertificate
{
    /// <returns>What tells it from another one.</returns>
    public static string Write(string certificate, string key, int days = 90)
    {
        using var secret = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=collector.test", secret, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-100), now.AddDays(days));
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(key, secret.ExportPkcs8PrivateKeyPem());
        return made.Thumbprint;
    }

    /// <summary>What a listener at loopback shows to a new connection.</summary>
    public static async Task<string> ShownAsync(int port)
    {
        string shown = "";
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    shown = certificate?.GetCertHashString() ?? "";
                    return shown.Length > 0; // whichever it is
                },
            },
        });
        using HttpResponseMessage answer = await http.GetAsync(new Uri($"https://{IPAddress.Loopback}:{port}/health"));
        return shown;
    }
}
