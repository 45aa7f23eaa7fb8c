namespace Collector.Settings;

/// <summary>An absolute address. One that carries a user or password is refused: addresses are printed, secrets are not.</summary>
public static class WebAddress
{
    public const string Expected = "write it in full, such as http://127.0.0.1:9000";

    public static Parsed Parse(string text)
    {
        // "/path" counts as an absolute file address on Linux, and "host:9000" as one of the scheme "host".
        if (!text.Contains("://", StringComparison.Ordinal)
            || !Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || address.Host.Length == 0)
        {
            return Parsed.Wrong("is no address");
        }

        return address.UserInfo.Length > 0
            ? Parsed.Wrong("has a user or password in it, which would be printed with it; leave them out, and give them as username and password beside it where there are such keys")
            : Parsed.Right(address);
    }

    /// <summary>As it was given, without the slash that <see cref="Uri"/> adds to a bare host.</summary>
    public static string Write(Uri address) =>
        address.PathAndQuery is "/" ? address.AbsoluteUri.TrimEnd('/') : address.AbsoluteUri;

    /// <summary>What may be shown of an address that was refused: no credentials before an @, no query.</summary>
    public static string Masked(string text)
    {
        int at = text.LastIndexOf('@');
        if (at >= 0)
        {
            int scheme = text.IndexOf("://", StringComparison.Ordinal);
            text = string.Concat(scheme >= 0 && scheme < at ? text.AsSpan(0, scheme + 3) : "", "***", text.AsSpan(at));
        }

        int query = text.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? text : string.Concat(text.AsSpan(0, query), "?***");
    }
}
