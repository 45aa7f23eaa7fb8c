using Collector.Web.Listeners;
using Microsoft.AspNetCore.Http;

namespace Collector.Tests.Web.Listeners;

public sealed class ForeignSiteTests
{
    /// <summary>Method, Host, Origin, Sec-Fetch-Site, Sec-Fetch-Mode; whether it is refused without a token, and with one.</summary>
    [Theory]
    [InlineData("POST", "127.0.0.1:9465", null, null, null, false, false)] // a program
    [InlineData("POST", "[::1]:9465", null, null, null, false, false)]
    [InlineData("POST", "LocalHost:9465", null, null, null, false, false)]
    [InlineData("POST", "", null, null, null, false, false)]
    [InlineData("POST", "evil.example:9465", null, null, null, true, false)] // a rebound name
    [InlineData("GET", "evil.example:9464", null, null, null, true, false)]
    [InlineData("GET", "127.0.0.1.evil.example", null, null, null, true, false)]
    [InlineData("GET", "localhost.", null, null, null, true, false)]
    [InlineData("POST", "127.0.0.1:9465", "https://evil.example", null, null, true, true)]
    [InlineData("POST", "127.0.0.1:9465", "null", null, null, true, true)] // a sandboxed frame, a file
    [InlineData("POST", "127.0.0.1:9465", "http://127.0.0.1:3000", null, null, true, true)]
    [InlineData("POST", "127.0.0.1:9465", "http://127.0.0.1:9465", "same-origin", "cors", false, false)]
    [InlineData("GET", "127.0.0.1:9464", "https://evil.example", null, null, true, true)]
    [InlineData("GET", "box.example", "http://box.example", "same-origin", "cors", true, false)]
    [InlineData("POST", "127.0.0.1:9465", null, "cross-site", "no-cors", true, true)]
    [InlineData("POST", "127.0.0.1:9465", null, "cross-site", "navigate", true, true)] // a form
    [InlineData("POST", "127.0.0.1:9465", null, "same-site", "no-cors", true, true)] // another port of this machine
    [InlineData("DELETE", "127.0.0.1:9465", null, "cross-site", "cors", true, true)]
    [InlineData("GET", "127.0.0.1:9464", null, "cross-site", "no-cors", true, true)]
    [InlineData("HEAD", "127.0.0.1:9464", null, "cross-site", "cors", true, true)]
    [InlineData("GET", "127.0.0.1:9464", null, "cross-site", "navigate", false, false)] // a link
    [InlineData("GET", "127.0.0.1:9464", null, "none", "navigate", false, false)] // typed
    [InlineData("GET", "127.0.0.1:9464", null, "same-origin", "cors", false, false)]
    public void Problem_AsABrowserOrAProgramAsks(string method, string host, string? origin, string? site, string? mode, bool without, bool with)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        (request.Method, request.Scheme, request.Host) = (method, "http", new HostString(host));
        Set("Origin", origin);
        Set("Sec-Fetch-Site", site);
        Set("Sec-Fetch-Mode", mode);

        Assert.Equal((without, with), (ForeignSite.Problem(request, false, "gateway.token") is not null, ForeignSite.Problem(request, true, "gateway.token") is not null));

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                request.Headers[name] = value;
            }
        }
    }
}
