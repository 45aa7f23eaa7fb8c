using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Collector.Api;

/// <summary>
/// Keeps other web pages from reading this one through the browser that has both open: no script of theirs may ask, and a
/// name of theirs that leads to this machine (DNS rebinding) is not answered where no token stands in the way.
/// </summary>
internal sealed class SameOrigin(bool hasToken)
{
    /// <summary>Everything a page needs comes from here, and nothing else is loaded or run (Content Security Policy level 3).</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public async Task AnswerAsync(HttpContext context, RequestDelegate answer)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers[HeaderNames.ContentSecurityPolicy] = Policy;
        headers[HeaderNames.XContentTypeOptions] = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (Problem(context.Request) is not { } problem)
        {
            await answer(context);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        await context.Response.WriteAsync(problem + "\n", context.RequestAborted);
    }

    private string? Problem(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] == "cross-site" && request.Headers["Sec-Fetch-Mode"] != "navigate")
        {
            return "Another site's page may not read this.";
        }

        string host = request.Host.Host;
        return hasToken || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host, out _)
            ? null
            : "Ask for 127.0.0.1 or localhost. Under another name the page is shown only where http.token is set.";
    }
}
