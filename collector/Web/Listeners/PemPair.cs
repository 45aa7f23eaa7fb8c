using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Collector.Web.Listeners;

/// <summary>The texts of a certificate and of its key, as the two files have them at one moment.</summary>
internal sealed class PemPair
{
    /// <summary>Far above any chain; a bound all the same, since the files are read again and again.</summary>
    private const int MaxBytes = 1024 * 1024;

    private readonly string _certificate;
    private readonly string _key;

    private PemPair(string certificate, string key)
    {
        (_certificate, _key) = (certificate, key);
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{certificate}\0{key}")));
    }

    /// <summary>Tells this pair from another one without holding the key.</summary>
    public string Hash { get; }

    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file cannot be read.</exception>
    public static PemPair Read(TlsOptions options) => new(Text(options.Certificate), Text(options.Key));

    /// <summary>It is the files that are at fault, and not the program.</summary>
    public static bool IsProblem(Exception exception) => exception is CryptographicException or IOException or UnauthorizedAccessException;

    /// <summary>The certificate with its key.</summary>
    /// <exception cref="CryptographicException">There is no certificate or key, or they do not belong together.</exception>
    public X509Certificate2 Load()
    {
        try
        {
            return X509Certificate2.CreateFromPem(_certificate, _key);
        }
        catch (ArgumentException exception)
        {
            // What the runtime says of an elliptic curve's key; of other keys it speaks as is documented.
            throw new CryptographicException("The key does not belong to the certificate.", exception);
        }
    }

    /// <summary>The certificates behind the first one too, for clients that know only the root.</summary>
    public X509Certificate2Collection LoadChain()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(_certificate);
        return chain;
    }

    private static string Text(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return file.Length <= MaxBytes ? reader.ReadToEnd() : throw new IOException($"{path} is longer than {MaxBytes} bytes.");
    }
}
