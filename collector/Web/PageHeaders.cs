using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Collector.Web;

/// <summary>What a browser is told of the page and its answers: nothing of another site is loaded by them, and they by none.</summary>
public static class PageHeaders
{
    /// <summary>Everything a page needs comes from here, and nothing else is loaded or run (Content Security Policy level 3).</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Set(IHeaderDictionary headers)
    {
        headers[HeaderNames.ContentSecurityPolicy] = Policy;
        headers[HeaderNames.XContentTypeOptions] = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }
}
