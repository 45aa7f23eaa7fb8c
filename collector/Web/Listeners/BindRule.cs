using System.Net;
using Collector.Settings;

namespace Collector.Web.Listeners;

/// <summary>Where may be listened: on loopback freely, anywhere else only with a token.</summary>
public static class BindRule
{
    /// <summary>What is wrong with the address or the token.</summary>
    /// <param name="tokenKey">The key that would allow it: <c>http.token</c>.</param>
    public static IEnumerable<(string Key, string Problem)> Check(HostPort listen, Secret? token, string tokenKey)
    {
        if (listen.Host != "localhost" && !IPAddress.TryParse(listen.Host, out _))
        {
            yield return ("listen", $"{listen.Host} is neither localhost nor an IP address; write 0.0.0.0 for all of this machine's");
        }
        else if (!listen.IsLoopback && token is null)
        {
            yield return ("listen", $"{listen} can be reached from other machines; set {tokenKey} too, or listen at 127.0.0.1");
        }

        if (token is not null && AccessToken.Problem(token, listen.IsLoopback) is { } problem)
        {
            yield return ("token", problem);
        }
    }
}
