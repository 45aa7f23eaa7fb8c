using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Collector.Web.Exposition;

/// <summary>
/// Answers <c>GET</c> and <c>HEAD /metrics</c>. The page is complete before its first byte is sent, so a failure is a 500
/// and never half a page.
/// </summary>
public sealed class MetricsEndpoint(SharedScrape scrape)
{
    /// <summary>Below this, compression saves no packet.</summary>
    private const int GzipFromBytes = 1024;

    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapMethods("/metrics", Answer.Methods, Respond);

    private async Task Respond(HttpContext context)
    {
        HttpRequest request = context.Request;
        HttpResponse response = context.Response;
        TextFormat format = ContentNegotiation.Format(request.Headers.Accept);
        using RenderedScrape? page = await scrape.Get(format);
        if (page is null)
        {
            await Answer.WriteAsync(
                context, "The metrics could not be shown; the collector's log says why.\n"u8.ToArray(), Answer.PlainText, StatusCodes.Status500InternalServerError);
            return;
        }

        ReadOnlyMemory<byte> body = page.Text;
        response.Headers[HeaderNames.Vary] = "Accept, Accept-Encoding";
        if (body.Length > GzipFromBytes && ContentNegotiation.TakesGzip(request.Headers.AcceptEncoding))
        {
            body = page.Gzipped();
            response.Headers[HeaderNames.ContentEncoding] = "gzip";
        }

        await Answer.WriteAsync(context, body, format.ContentType());
    }
}
