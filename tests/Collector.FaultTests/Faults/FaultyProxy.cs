using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Collector.FaultTests.Oracle;
using Collector.IntegrationTests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Collector.FaultTests.Faults;

/// <summary>
/// The way to the real database: an HTTP proxy that lets requests through, or does to a share of them what networks, other
/// proxies and dying servers do.
/// </summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private readonly HttpClient _database;
    private readonly RowFinder _finder;
    private readonly Func<string, long, bool>? _refuses;
    private readonly ConcurrentDictionary<(string, long), int> _sent = new();
    private readonly ConcurrentDictionary<ProxyFault, int> _done = new();
    private readonly Lock _gate = new();
    private WebApplication? _app;
    private (ProxyFault Fault, int Percent, Random Random)? _disturbance;

    /// <param name="refuses">Rows that are refused here, as the database would refuse them; null leaves that to it.</param>
    public FaultyProxy(Uri database, RowFinder finder, Func<string, long, bool>? refuses)
    {
        (_finder, _refuses) = (finder, refuses);
        _database = new HttpClient { BaseAddress = database, Timeout = TimeSpan.FromSeconds(30) };
        Url = new Uri($"http://127.0.0.1:{FreePort.Next()}");
    }

    /// <summary>Where the database seems to be.</summary>
    public Uri Url { get; }

    /// <summary>How often each fault came to be.</summary>
    public IReadOnlyDictionary<ProxyFault, int> Done => _done;

    /// <summary>Rows that came again with other bytes than before.</summary>
    public int Rewritten { get; private set; }

    /// <summary>Begins to listen, if it does not.</summary>
    public async Task ListenAsync()
    {
        if (_app is not null)
        {
            return;
        }

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Url.Port));
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync();
    }

    /// <summary>Listens no more: connections are refused.</summary>
    public async Task RefuseAsync()
    {
        if (_app is null)
        {
            return;
        }

        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(1));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>From now on a part of the requests meets the fault.</summary>
    public void Disturb(ProxyFault fault, int percent, int seed)
    {
        lock (_gate)
        {
            _disturbance = (fault, percent, new Random(seed));
        }
    }

    /// <summary>From now on none does.</summary>
    public void Free()
    {
        lock (_gate)
        {
            _disturbance = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RefuseAsync();
        _database.Dispose();
    }

    private ProxyFault Drawn()
    {
        lock (_gate)
        {
            if (_disturbance is not { } disturbance || disturbance.Random.Next(100) >= disturbance.Percent)
            {
                return ProxyFault.None;
            }

            _done.AddOrUpdate(disturbance.Fault, 1, static (_, before) => before + 1);
            return disturbance.Fault;
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        bool isWrite = context.Request.Path == "/write";
        ProxyFault fault = Drawn();
        try
        {
            if (fault == ProxyFault.ClosedWithin)
            {
                _ = await context.Request.Body.ReadAsync(new byte[64], context.RequestAborted);
                context.Abort();
                return;
            }

            byte[] body = await BodyAsync(context);
            if (isWrite && Refusal(body) is { } refusal)
            {
                await WayFaults.AnswerAsync(context, 400, refusal);
            }
            else
            {
                await WayFaults.MeetAsync(fault, context, () => SendAsync(context, body));
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException or BadHttpRequestException)
        {
            context.Abort(); // the database is away, or the collector is
        }
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    private async Task<(int Status, string Text)> SendAsync(HttpContext context, byte[] body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path + context.Request.QueryString.Value);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body);
        }

        using HttpResponseMessage answer = await _database.SendAsync(request, context.RequestAborted);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(context.RequestAborted));
    }

    /// <summary>Notes what came, and says which row is refused here.</summary>
    private string? Refusal(byte[] body)
    {
        int line = 0;
        foreach (FoundRow row in _finder.Find(body))
        {
            line++;
            if (row.Number is not { } number)
            {
                continue;
            }

            int bytes = row.Text.GetHashCode(StringComparison.Ordinal);
            Rewritten += _sent.GetOrAdd((row.Series, number), bytes) == bytes ? 0 : 1;
            if (_refuses?.Invoke(row.Series, number) == true)
            {
                return JsonSerializer.Serialize(new { code = "invalid", message = $"failed to parse line protocol:errors encountered on line(s):\nerror in line {line}: Could not parse entire line. Field value is invalid.", line, errorId = $"f-{number}" });
            }
        }

        return null;
    }
}
