using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Collector.Web.Listeners;

/// <summary>
/// Keeps other web pages out that a browser on this machine has open: no script or form of theirs may ask here (Fetch Metadata,
/// and the Origin of RFC 6454), and a name of theirs that leads to this machine (DNS rebinding) is not answered where no token
/// stands in the way. Programs send none of these headers.
/// </summary>
internal static class ForeignSite
{
    /// <summary>Why a request is refused; null when it is not.</summary>
    /// <param name="hasToken">True where the listener wants a token.</param>
    /// <param name="tokenKey">Its key: <c>http.token</c>.</param>
    public static string? Problem(HttpRequest request, bool hasToken, string tokenKey)
    {
        bool reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (IsFromElsewhere(request, reads) || IsOfAnotherOrigin(request))
        {
            return "Another site's page may not ask here.";
        }

        string host = request.Host.Host;
        return hasToken || host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host, out _)
            ? null
            : $"Ask for 127.0.0.1 or localhost. Other names are answered only where {tokenKey} is set.";
    }

    /// <summary>A link that is followed to here is no harm: its page cannot read what it leads to.</summary>
    private static bool IsFromElsewhere(HttpRequest request, bool reads)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        return reads
            ? site == "cross-site" && request.Headers["Sec-Fetch-Mode"] != "navigate"
            : site.Length > 0 && site is not ("same-origin" or "none");
    }

    private static bool IsOfAnotherOrigin(HttpRequest request)
    {
        string origin = request.Headers[HeaderNames.Origin].ToString();
        return origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? from) && from.Authority.Equals(Authority(request), StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Host and port as the Origin of a page of ours has them, which leaves out the scheme's own port.</summary>
    private static string Authority(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out Uri? own) ? own.Authority : "";
}
