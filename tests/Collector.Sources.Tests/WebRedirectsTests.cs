using System.Net;
using Collector.Sources.Http;

namespace Collector.Tests.Sources;

/// <summary>Where redirects lead that a server without TLS cannot show; the rest is in <see cref="SourceHttpClientTests"/>.</summary>
public sealed class WebRedirectsTests
{
    [Theory]
    [InlineData("https://a.example/page", "http://a.example/page", HttpStatusCode.Found, 1)]
    [InlineData("https://a.example/page", "https://b.example/", HttpStatusCode.OK, 2)]
    [InlineData("https://a.example/page", "/other", HttpStatusCode.OK, 2)]
    [InlineData("http://a.example/page", "https://a.example/page?x", HttpStatusCode.OK, 2)]
    public async Task Get_Redirected_IsFollowedButForTheWayFromHttpsToHttp(string url, string location, HttpStatusCode status, int asked)
    {
        var server = new Answers(url, new Uri(location, UriKind.RelativeOrAbsolute));
        using var client = new HttpClient(new WebRedirects(server));

        using HttpResponseMessage answer = await client.GetAsync(new Uri(url));

        Assert.Equal((status, asked), (answer.StatusCode, server.Asked));
    }

    /// <summary>Redirects whoever asks for one address, and answers all others.</summary>
    private sealed class Answers(string redirected, Uri location) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            var answer = new HttpResponseMessage(request.RequestUri!.OriginalString == redirected ? HttpStatusCode.Found : HttpStatusCode.OK);
            answer.Headers.Location = location;
            return Task.FromResult(answer);
        }
    }
}
