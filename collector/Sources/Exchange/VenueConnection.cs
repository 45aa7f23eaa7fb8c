using System.Net.Security;

namespace Collector.Sources.Exchange;

/// <summary>
/// Holds one channel's connection for as long as the collector runs: opens it, subscribes, pings, notices when it ends or
/// goes silent, and opens it again. Each of these is told at once.
/// </summary>
internal sealed class VenueConnection : IPeer
{
    /// <summary>How soon a silent channel is judged anew: its peers may have begun to speak, or its venue to open.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    private readonly ExchangeOptions _options;
    private readonly VenueProtocol _protocol;
    private readonly ClockEstimate _estimate;
    private readonly TradingSessions _sessions;
    private readonly Peers _peers;
    private readonly TimeProvider _clock;
    private readonly ReadingSignal _changed;
    private readonly SslClientAuthenticationOptions? _tls;
    private readonly ReconnectPause _pause;
    private volatile Heartbeat? _heartbeat;
    private volatile bool _mute;

    public VenueConnection(
        string exchange, string channel, ExchangeOptions options, ClockEstimate estimate, Peers peers, TimeProvider clock, ReadingSignal changed, Random random,
        SslClientAuthenticationOptions? tls)
    {
        (Exchange, Channel, _options, _estimate, _peers, _clock, _changed, _tls) = (exchange, channel, options, estimate, peers, clock, changed, tls);
        _protocol = VenueProtocol.Of(options, channel);
        _sessions = new TradingSessions(options.Sessions, TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone));
        _pause = new ReconnectPause(options, random);
        Link = new Link(clock);
        Traffic = new Traffic(_protocol, estimate, options.SampleInterval, clock);
    }

    public string Exchange { get; }

    public string Channel { get; }

    public Link Link { get; }

    public Traffic Traffic { get; }

    /// <summary>Never, where silence is no fault: nobody tells by it how a market does.</summary>
    public bool CanSpeak => _protocol.StaleAfter is not null && Link.Now().Stands && _sessions.IsOpen(_clock.GetUtcNow());

    public bool IsSilent => Traffic.Silence() >= _protocol.StaleAfter;

    /// <summary>Round trip by the venue's own request and reply; null where there is none.</summary>
    public TimeSpan? RoundTrip => _heartbeat?.RoundTrip;

    /// <summary>Judges anew whether it is mute: connected, silent for longer than it may be, and with no excuse.</summary>
    public bool JudgeMute() => _mute = CanSpeak && IsSilent && !(_options.AskPeers && _peers.AreSilentToo(this));

    /// <summary>Until <paramref name="stopping"/>; nothing that a venue does ends it.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        _peers.Join(this);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                VenueException end = await HoldAsync(stopping);
                stopping.ThrowIfCancellationRequested();
                TimeSpan stood = Link.Lose(end.Message);
                _changed.Raise();
                await Task.Delay(_pause.Next(stood, end.RetryAfter), _clock, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The collector stops.
        }
        finally
        {
            _peers.Leave(this);
        }
    }

    /// <summary>Opens a connection and holds it until it ends.</summary>
    /// <returns>Why it ended.</returns>
    private async Task<VenueException> HoldAsync(CancellationToken stopping)
    {
        using var socket = new VenueSocket(_protocol, _options, _clock, _tls);
        using var over = new CancellationTokenSource();
        Task[] parts = [];
        try
        {
            await socket.OpenAsync(stopping);
            Traffic.Begin();
            var heartbeat = new Heartbeat(_protocol.Ping, _options.PongTimeout, _estimate, _clock);
            _heartbeat = heartbeat;
            Link.Open();
            _changed.Raise();
            parts = [socket.ReceiveAsync((message, isWhole) => Take(heartbeat, message, isWhole), over.Token), TendAsync(socket, heartbeat, over.Token)];
            await await Task.WhenAny(parts).WaitAsync(stopping);
            throw new InvalidOperationException("A connection's parts end by an exception only.");
        }
        catch (VenueException end)
        {
            return end;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && parts.Length > 0)
        {
            await socket.LeaveAsync(parts[0]);
            throw;
        }
#pragma warning disable CA1031 // A fault of the program ends this connection, not the watch over the venue.
        catch (Exception fault) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return new VenueException($"a fault of the collector ended the connection to {socket.Shown}: {fault.GetType().Name}: {fault.Message}", null, fault);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _heartbeat = null;
        }
    }

    private void Take(Heartbeat heartbeat, ReadOnlySpan<byte> message, bool isWhole)
    {
        if (!(isWhole && heartbeat.Take(message)) && Traffic.Take(message, isWhole) && _mute)
        {
            _mute = false;
            _changed.Raise();
        }
    }

    /// <summary>Subscribes, and from then on pings and watches for silence.</summary>
    private async Task TendAsync(VenueSocket socket, Heartbeat heartbeat, CancellationToken over)
    {
        foreach (string message in _protocol.Subscriptions)
        {
            await socket.SendAsync(message, over);
        }

        while (true)
        {
            bool wasMute = _mute;
            if (JudgeMute() != wasMute)
            {
                _changed.Raise();
            }

            if (heartbeat.Speaks && heartbeat.Due <= TimeSpan.Zero)
            {
                await BeatAsync(socket, heartbeat, over);
            }

            TimeSpan wait = IsSilent ? Again : _protocol.StaleAfter - Traffic.Silence() ?? Long;
            wait = heartbeat.Speaks && heartbeat.Due < wait ? heartbeat.Due : wait;
            await Task.Delay(wait > Least ? wait : Least, _clock, over);
        }
    }

    private async Task BeatAsync(VenueSocket socket, Heartbeat heartbeat, CancellationToken over)
    {
        if (heartbeat.Next() is { } ping)
        {
            await socket.SendAsync(ping, over);
        }
        else if (!Traffic.HeardSince(heartbeat.GiveUp()))
        {
            throw new VenueException($"{socket.Shown} leaves a ping without an answer for {_options.PongTimeout.TotalSeconds:0.###} s (pong_timeout), and nothing else arrives");
        }
    }
}
