using System.Net;
using Collector.IntegrationTests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>A page of strategies within the test.</summary>
internal sealed class StrategyPage : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StrategyPage(WebApplication app, int port) => (_app, Url) = (app, new Uri($"http://127.0.0.1:{port}/strategies"));

    public Uri Url { get; }

    /// <summary>What it answers.</summary>
    public string Body { get; set; } = "{}";

    public static async Task<StrategyPage> StartAsync()
    {
        int port = FreePort.Next();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        WebApplication app = builder.Build();
        var page = new StrategyPage(app, port);
        app.MapGet("/strategies", context => context.Response.WriteAsync(page.Body, context.RequestAborted));
        await app.StartAsync();
        return page;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
