using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Collector.Web.Listeners;

/// <summary>The certificate of a listener, as PEM files. They are read at the start, and again when they change.</summary>
public sealed record TlsOptions
{
    /// <summary>File of the certificate, with those that lead to its root behind it. Required.</summary>
    public required string Certificate { get; init; }

    /// <summary>File of its private key, not encrypted. Required.</summary>
    public required string Key { get; init; }

    /// <summary>The certificate with its key.</summary>
    /// <exception cref="CryptographicException">A file holds no certificate or key, or they do not belong together.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file cannot be read.</exception>
    public X509Certificate2 Load() => PemPair.Read(this).Load();

    /// <summary>The same with paths that can be opened; null where one of the two is missing, which is a fault already.</summary>
    public TlsOptions? Resolved(Func<string, string> path) => Certificate is null || Key is null ? null : new TlsOptions { Certificate = path(Certificate), Key = path(Key) };

    /// <summary>Why it cannot be used; null when it can.</summary>
    public string? Problem()
    {
        try
        {
            Load().Dispose();
            return null;
        }
        catch (Exception exception) when (PemPair.IsProblem(exception))
        {
            return $"{Certificate} with {Key} cannot be used: {exception.Message}";
        }
    }
}
