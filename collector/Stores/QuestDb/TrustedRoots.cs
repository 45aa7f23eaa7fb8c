using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Collector.Stores.QuestDb;

/// <summary>Certificates of a file (PEM) that are trusted in place of the machine's. The server's name is checked all the same.</summary>
public static class TrustedRoots
{
    /// <exception cref="CryptographicException">The file holds no certificate.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static X509ChainPolicy Policy(string file)
    {
        // A signer of one's own seldom runs a service that tells revoked certificates.
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy.CustomTrustStore.Count > 0 ? policy : throw new CryptographicException("it holds no certificate in PEM form.");
    }

    /// <summary>Why the file cannot be used; null when it can.</summary>
    public static string? Problem(string file)
    {
        try
        {
            Policy(file);
            return null;
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return $"{file} cannot be used: {exception.Message}";
        }
    }
}
