using System.Net;

namespace Collector.Sources.Http;

/// <summary>An answer that leads to an address which is no web page.</summary>
public sealed class RedirectException(string scheme) : Exception($"it redirects to an address that begins with {scheme}:, and only http and https are followed");

/// <summary>
/// Follows redirects of GET requests as the platform does, up to five, without an Authorization, and never from https to http.
/// The platform's own way fails at other schemes with errors that look like faults of this program, and do not say what was asked.
/// </summary>
/// <param name="inner">Follows none by itself.</param>
public sealed class WebRedirects(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int Most = 5;

    /// <exception cref="RedirectException">An answer leads to something other than a web page.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
        for (int followed = 0; followed < Most && Target(request.RequestUri!, answer) is { } target; followed++)
        {
            answer.Dispose();
            (request.RequestUri, request.Headers.Authorization) = (target, null);
            answer = await base.SendAsync(request, cancellationToken);
        }

        return answer;
    }

    /// <returns>Null where the answer is what was asked for.</returns>
    private static Uri? Target(Uri asked, HttpResponseMessage answer)
    {
        bool leadsOn = answer.StatusCode is HttpStatusCode.Moved or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
        if (!leadsOn || answer.Headers.Location is not { } location)
        {
            return null;
        }

        Uri target = location.IsAbsoluteUri ? location : new Uri(asked, location);
        if (target.Scheme != Uri.UriSchemeHttp && target.Scheme != Uri.UriSchemeHttps)
        {
            answer.Dispose();
            throw new RedirectException(target.Scheme);
        }

        return asked.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp ? null : target;
    }
}
