using System.Diagnostics.Metrics;
using Collector.Settings.Logging;
using Collector.Sources.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Collector.Capabilities.Status;

/// <summary>
/// Tells an outside dead-man's switch that the collector lives: when the calls end, it is time to look. It calls whether the
/// collector is ready or not, since a database that is away has alerts of its own. Nothing waits for it.
/// </summary>
public sealed partial class DeadMansSwitch : BackgroundService
{
    private static readonly string[] Reasons = ["status", "unreachable", "timeout"];

    private readonly HeartbeatOptions _options;
    private readonly Uri _url;
    private readonly TimeProvider _clock;
    private readonly ILogger<DeadMansSwitch> _logger;
    private readonly HttpClient _http;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _failed;
    private readonly RepeatedLog _repeated;

    /// <param name="options">With an address.</param>
    public DeadMansSwitch(HeartbeatOptions options, Meter meter, TimeProvider clock, ILogger<DeadMansSwitch> logger)
    {
        (_options, _clock, _logger) = (options, clock, logger);
        _url = new Uri((options.Url ?? throw new ArgumentException("A heartbeat needs an address.", nameof(options))).Reveal());
        _repeated = new RepeatedLog(clock);
        _http = new HttpClient(new WebRedirects(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = !_url.IsLoopback, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }))
        {
            Timeout = Timeout.InfiniteTimeSpan, // heartbeat.timeout counts
        };
        _sent = meter.CreateCounter<long>("collector_heartbeats_total", null, "Calls of heartbeat.url that were answered well.");
        _failed = meter.CreateCounter<long>("collector_heartbeat_failures_total", null, "Calls of heartbeat.url that failed, by reason.");
        _sent.Add(0);
        foreach (string reason in Reasons)
        {
            _failed.Add(0, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // the start of the others does not wait for the first call
        using var timer = new PeriodicTimer(_options.Interval, _clock);
        do
        {
            await BeatAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task BeatAsync(CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token);
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(_url, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (answer.IsSuccessStatusCode)
            {
                _sent.Add(1);
            }
            else
            {
                Fail("status", $"it answers {(int)answer.StatusCode}");
            }
        }
        catch (HttpRequestException exception)
        {
            Fail("unreachable", (exception.InnerException ?? exception).Message);
        }
        catch (RedirectException exception)
        {
            Fail("status", exception.Message);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            Fail("timeout", $"no answer within {_options.Timeout.TotalSeconds} s");
        }
    }

    private void Fail(string reason, string because)
    {
        _failed.Add(1, new KeyValuePair<string, object?>("reason", reason));
        if (_repeated.IsDue())
        {
            // Whoever knows the whole address can keep the alarm quiet: only its server is shown.
            LogFailed(_url.GetLeftPart(UriPartial.Authority), because);
        }
    }

    [LoggerMessage(7501, LogLevel.Warning, "The heartbeat did not reach {Server}: {Because}")]
    private partial void LogFailed(string server, string because);
}
