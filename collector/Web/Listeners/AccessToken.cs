using System.Security.Cryptography;
using System.Text;
using Collector.Settings;

namespace Collector.Web.Listeners;

/// <summary>
/// What a request has to bring in its <c>Authorization</c>: <c>Bearer token</c>, <c>Token token</c> (InfluxDB 2's clients) or
/// <c>Token user:token</c> (InfluxDB 1.8's), or <c>Basic</c> with the token as password or user (RFC 7617). A comparison takes as long whether it is nearly right or not.
/// Several tokens may stand side by side, with blanks or line breaks between them, so that one can be replaced while both are in use.
/// </summary>
public sealed class AccessToken(Secret token)
{
    /// <summary>Characters of a token that other machines may bring.</summary>
    public const int LeastLength = 16;

    private readonly byte[][] _wanted = [.. Each(token).Select(Hash)];

    /// <param name="authorization">The header's value; empty where there is none.</param>
    public bool Admits(string authorization)
    {
        int space = authorization.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
        {
            return false;
        }

        ReadOnlySpan<char> scheme = authorization.AsSpan(0, space);
        string given = authorization[(space + 1)..].Trim();
        if (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return IsWanted(given);
        }

        if (scheme.Equals("Token", StringComparison.OrdinalIgnoreCase))
        {
            return IsWanted(given) | AdmitsPair(given);
        }

        return scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && AdmitsBasic(given);
    }

    /// <summary>Whether the password or the user is the token. Both are compared, whatever the first one says.</summary>
    public bool AdmitsPair(string user, string password) => IsWanted(password) | IsWanted(user);

    private bool AdmitsBasic(string given)
    {
        byte[] bytes = new byte[given.Length];
        if (!Convert.TryFromBase64String(given, bytes, out int length))
        {
            return false;
        }

        return AdmitsPair(Encoding.UTF8.GetString(bytes, 0, length));
    }

    private bool AdmitsPair(string pair)
    {
        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && AdmitsPair(pair[..colon], pair[(colon + 1)..]);
    }

    /// <summary>What is wrong with the tokens; null when nothing is.</summary>
    /// <param name="isLocal">True where only this machine may ask.</param>
    public static string? Problem(Secret token, bool isLocal)
    {
        string[] tokens = Each(token);
        return tokens.Length == 0 || tokens.Any(one => one.Any(c => c is < '!' or > '~'))
            ? "is not a valid token: use visible ASCII characters, such as the output of `openssl rand -hex 32`"
            : !isLocal && tokens.Any(one => one.Length < LeastLength)
                ? $"has fewer than {LeastLength} characters, which is too few where other machines may ask; make one with `openssl rand -hex 32`"
                : null;
    }

    /// <summary>The first one, to be brought to a listener of our own.</summary>
    public static string First(Secret token) => Each(token)[0];

    private static string[] Each(Secret token) => token.Reveal().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>All are compared, whatever the first one says.</summary>
    private bool IsWanted(string given)
    {
        byte[] hash = Hash(given);
        bool isOne = false;
        foreach (byte[] wanted in _wanted)
        {
            isOne |= CryptographicOperations.FixedTimeEquals(hash, wanted);
        }

        return isOne;
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
