using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Collector.Listeners;

/// <summary>The certificate of a listener, as PEM files. They are read at the start.</summary>
internal sealed record TlsOptions
{
    /// <summary>File of the certificate, with those that lead to its root behind it. Required.</summary>
    public required string Certificate { get; init; }

    /// <summary>File of its private key, not encrypted. Required.</summary>
    public required string Key { get; init; }

    /// <summary>The certificate with its key.</summary>
    /// <exception cref="CryptographicException">A file holds no certificate or key, or they do not belong together.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public X509Certificate2 Load() => X509Certificate2.CreateFromPemFile(Certificate, Key);

    /// <summary>The certificates behind the first one, for clients that know only the root.</summary>
    public X509Certificate2Collection LoadChain()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(Certificate);
        return chain;
    }

    /// <summary>Why it cannot be used; null when it can.</summary>
    public string? Problem()
    {
        try
        {
            Load().Dispose();
            return null;
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return $"{Certificate} with {Key} cannot be used: {exception.Message}";
        }
    }
}
