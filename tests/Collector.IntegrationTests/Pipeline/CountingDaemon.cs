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
    private int _asked;

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

    /// <summary>Waits until no request is held: that of a collector that was killed would take an answer with it to the grave.</summary>
    public async Task LeftAsync()
    {
        long began = TimeProvider.System.GetTimestamp();
        while (Volatile.Read(ref _asked) > 0)
        {
            if (TimeProvider.System.GetElapsedTime(began) > CollectorProcess.Soon)
            {
                throw new TimeoutException("A request to the daemon is still open.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _turn.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _asked);
        try
        {
            await _turn.WaitAsync(context.RequestAborted);
        }
        finally
        {
            Interlocked.Decrement(ref _asked);
        }

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
