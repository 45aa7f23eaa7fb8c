using System.Globalization;
using System.Net;

namespace Collector.Settings;

/// <summary>A place to listen at or to connect to, written <c>host:port</c>; IPv6 in brackets. No name is looked up.</summary>
public sealed record HostPort(string Host, int Port)
{
    public const string Expected = "write a host and a port, such as 127.0.0.1:9464 or [::1]:9464";
    public const string Pattern = @"^(\[[0-9A-Fa-f:.]+\]|[^:\[\]\s]+):[0-9]{1,5}$";

    /// <summary>Reachable from this machine alone, as far as can be told without asking a name server.</summary>
    public bool IsLoopback => IPAddress.TryParse(Host, out IPAddress? address)
        ? IPAddress.IsLoopback(address)
        : string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase);

    public static Parsed Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            return Parsed.Wrong("has no port");
        }

        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > IPEndPoint.MaxPort)
        {
            return Parsed.Wrong("has no port from 0 to 65535 after its last colon");
        }

        string host = text[..colon];
        bool isBracketed = host is ['[', .., ']'];
        if (isBracketed)
        {
            host = host[1..^1];
        }

        UriHostNameType kind = Uri.CheckHostName(host);
        return kind == UriHostNameType.Unknown || (kind == UriHostNameType.IPv6) != isBracketed
            ? Parsed.Wrong("has no valid host before its last colon")
            : Parsed.Right(new HostPort(host, port));
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
