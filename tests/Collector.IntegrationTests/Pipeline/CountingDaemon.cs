using System.Net;
using Collector.IntegrationTests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>
/// A daemon within the test: each answer's <c>fetch_count</c> is the number of the answer, from 1. So the rows of the
/// database can be counted off: a number missing is a row lost, a number twice is a row doubled.
/// </summary>
internal sealed class CountingDaemon : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SemaphoreSlim _turn = new(1);
    private long _answers;

    private CountingDaemon(WebApplication app, int port) => (_app, Page) = (app, new Uri($"http://127.0.0.1:{port}/status"));

    /// <summary>The status page.</summary>
    public Uri Page { get; }

    /// <summary>Answers given so far.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    public static async Task<CountingDaemon> StartAsync()
    {
        int port = FreePort.Next();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        WebApplication app = builder.Build();
        var daemon = new CountingDaemon(app, port);
        app.MapGet("/status", daemon.AnswerAsync);
        await app.StartAsync();
        return daemon;
    }

    /// <summary>Gives no answer until <see cref="Continue"/>: after this, the latest answer stays the latest.</summary>
    public Task HoldAsync() => _turn.WaitAsync();

    public void Continue() => _turn.Release();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _turn.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        await _turn.WaitAsync(context.RequestAborted);
        try
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync($$"""{"running":true,"fetch_count":{{Interlocked.Increment(ref _answers)}}}""", context.RequestAborted);
        }
        finally
        {
            _turn.Release();
        }
    }
}
