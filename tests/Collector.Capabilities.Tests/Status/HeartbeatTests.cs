using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Collector.Capabilities.Status;
using Collector.Settings;

namespace Collector.Tests.Capabilities.Status;

/// <summary>Against a real HTTP server, with a clock that the test moves.</summary>
public sealed class HeartbeatTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly WatchedClock _clock = new();
    private readonly Meter _meter = new("heartbeat");
    private readonly RecordedLog _log = new();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    public HeartbeatTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, _meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string key = tags.Length > 0 ? $"{tags[0].Value}" : instrument.Name;
            lock (_counts)
            {
                _counts[key] = _counts.GetValueOrDefault(key) + value;
            }
        });
        _listener.Start();
    }

    [Fact]
    public async Task Run_AnsweredWell_CallsAtOnceAndEachInterval()
    {
        await using var server = new AnsweringServer("200 OK");
        using DeadMansSwitch heartbeat = Make(server.Url);
        await heartbeat.StartAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() => Count("collector_heartbeats_total") == 1);
        _clock.Advance(Interval);
        await Eventually.HoldsAsync(() => Count("collector_heartbeats_total") == 2);
        await heartbeat.StopAsync(CancellationToken.None);
        _clock.Advance(Interval);

        Assert.Equal(2, server.Requests);
        Assert.Equal("GET /beat?key=secret HTTP/1.1", server.LastRequest);
    }

    [Fact]
    public async Task Run_AnsweredBadly_IsCountedAndGoesOn()
    {
        await using var server = new AnsweringServer("503 Service Unavailable");
        using DeadMansSwitch heartbeat = Make(server.Url);
        await heartbeat.StartAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() => Count("status") == 1);
        _clock.Advance(Interval);
        await Eventually.HoldsAsync(() => Count("status") == 2);
        await heartbeat.StopAsync(CancellationToken.None);

        Assert.Equal(0, Count("collector_heartbeats_total"));
        Assert.All(_log.Messages, message => Assert.Contains($"http://127.0.0.1:{server.Url.Port}: it answers 503", message, StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Messages, message => message.Contains("beat?", StringComparison.Ordinal) || message.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_RedirectToAFile_IsCountedAndGoesOn()
    {
        await using var server = new AnsweringServer("302 Found\r\nLocation: file:///etc/passwd");
        using DeadMansSwitch heartbeat = Make(server.Url);
        await heartbeat.StartAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() => Count("status") == 1);
        _clock.Advance(Interval);
        await Eventually.HoldsAsync(() => Count("status") == 2);
        await heartbeat.StopAsync(CancellationToken.None);

        Assert.All(_log.Messages, message => Assert.Contains("begins with file:", message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_NobodyThere_IsCounted()
    {
        Uri gone;
        await using (var server = new AnsweringServer("200 OK"))
        {
            gone = server.Url;
        }

        using DeadMansSwitch heartbeat = Make(gone);
        await heartbeat.StartAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() => Count("unreachable") == 1);
        await heartbeat.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Run_NoAnswer_EndsWithTheTimeoutAndGoesOn()
    {
        await using var server = new AnsweringServer(null);
        using DeadMansSwitch heartbeat = Make(server.Url);
        await heartbeat.StartAsync(CancellationToken.None);

        await Eventually.HoldsAsync(() => server.Requests == 1);
        _clock.Advance(Timeout);
        await Eventually.HoldsAsync(() => Count("timeout") == 1);
        await heartbeat.StopAsync(CancellationToken.None);

        Assert.Equal(0, Count("collector_heartbeats_total"));
    }

    [Fact]
    public async Task Stop_WhileACallIsUnderWay_DoesNotWaitForIt()
    {
        await using var server = new AnsweringServer(null);
        using DeadMansSwitch heartbeat = Make(server.Url);
        await heartbeat.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync(() => server.Requests == 1);

        await heartbeat.StopAsync(CancellationToken.None);

        Assert.Equal(0, Count("timeout"));
        Assert.Equal(0, Count("unreachable"));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    private DeadMansSwitch Make(Uri url) =>
        new(new HeartbeatOptions { Url = new Secret($"{url}"), Interval = Interval, Timeout = Timeout }, _meter, _clock, new RecordedLog<DeadMansSwitch>(_log));

    private long Count(string key)
    {
        lock (_counts)
        {
            return _counts.GetValueOrDefault(key);
        }
    }

    /// <summary>Answers every request alike, or never.</summary>
    private sealed class AnsweringServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stopping = new();
        private readonly string? _status;
        private readonly Task _answering;
        private int _requests;

        public AnsweringServer(string? status)
        {
            _status = status;
            _listener.Start();
            Url = new Uri($"http://{_listener.LocalEndpoint}/beat?key=secret");
            _answering = AnswerAsync();
        }

        public Uri Url { get; }

        public int Requests => Volatile.Read(ref _requests);

        public string LastRequest { get; private set; } = "";

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            await _answering; // it may be about to accept, which a listener that is gone does not take
            _listener.Dispose();
            _stopping.Dispose();
        }

        private async Task AnswerAsync()
        {
            try
            {
                while (true)
                {
                    using TcpClient client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                    using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
                    LastRequest = await reader.ReadLineAsync(_stopping.Token) ?? "";
                    while (await reader.ReadLineAsync(_stopping.Token) is { Length: > 0 })
                    {
                    }

                    Interlocked.Increment(ref _requests);
                    if (_status is null)
                    {
                        await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, _stopping.Token);
                    }

                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {_status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _stopping.Token);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException or IOException)
            {
                // The test is over.
            }
        }
    }
}
