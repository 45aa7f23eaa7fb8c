using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Collector.IntegrationTests.Support;

/// <summary>An HTTP server within the test, that answers every path the same way.</summary>
public sealed class LocalServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LocalServer(WebApplication app, int port) => (_app, Url) = (app, new Uri($"http://127.0.0.1:{port}/"));

    public Uri Url { get; }

    public static async Task<LocalServer> StartAsync(RequestDelegate answer)
    {
        int port = FreePort.Next();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        WebApplication app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new LocalServer(app, port);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
