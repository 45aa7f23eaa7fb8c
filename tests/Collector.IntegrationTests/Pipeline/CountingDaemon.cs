using Collector.IntegrationTests.Support;
using Microsoft.AspNetCore.Http;

namespace Collector.IntegrationTests.Pipeline;

/// <summary>
/// A daemon within the test: each answer's <c>fetch_count</c> is the number of the answer, from 1. So the rows of the
/// database can be counted off: a number missing is a row lost, a number twice is a row doubled.
/// </summary>
internal sealed class CountingDaemon : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private LocalServer? _server;
    private long _answers;

    private CountingDaemon()
    {
    }

    /// <summary>The status page.</summary>
    public Uri Page => new(_server!.Url, "status");

    /// <summary>Answers given so far.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    public static async Task<CountingDaemon> StartAsync()
    {
        var daemon = new CountingDaemon();
        daemon._server = await LocalServer.StartAsync(daemon.AnswerAsync);
        return daemon;
    }

    /// <summary>Gives no answer until <see cref="Continue"/>: after this, the latest answer stays the latest.</summary>
    public Task HoldAsync() => _turn.WaitAsync();

    public void Continue() => _turn.Release();

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
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
