using System.Net.Security;
using Collector.Lines;
using Collector.Lines.Tables;

namespace Collector.Sources.Exchange;

/// <summary>
/// Holds a WebSocket of its own to an exchange for each channel, from its first reading on, and writes a row of
/// <c>exchange_status</c> for each: at every reading, and at once when a connection comes about, ends, or goes mute.
/// </summary>
internal sealed class ExchangeSource : ILiveSource
{
    private readonly SourceContext _context;
    private readonly string _exchange;
    private readonly Table _table;
    private readonly ClockEstimate _estimate;
    private readonly VenueClock? _venueClock;
    private readonly VenueConnection[] _connections;
    private readonly CancellationTokenSource _stopping = new();
    private Task? _running;
    private bool _isDisposed;

    /// <param name="random">Spreads the attempts to connect again; null for one of its own.</param>
    /// <param name="tls">How the venue's certificate is judged; null for the machine's own way.</param>
    public ExchangeSource(ExchangeOptions options, SourceContext context, Random? random = null, SslClientAuthenticationOptions? tls = null)
    {
        _context = context;
        _exchange = options.Name ?? options.Preset ?? options.Url!.Host;
        _table = context.Table("exchange_status", "exchange", "channel", "host", "env");
        _estimate = new ClockEstimate(context.Clock);
        _venueClock = VenueProtocol.Clock(options) is { } clock ? new VenueClock(clock, options.ConnectTimeout, _estimate, context.Clock) : null;
        Peers peers = context.Shared.Of<Peers>();
        _connections = [.. options.Channels.Select(channel =>
            new VenueConnection(_exchange, channel, options, _estimate, peers, context.Clock, Changed, random ?? new Random(), tls))];
    }

    public ReadingSignal Changed { get; } = new();

    public Task ReadAsync(Reading reading, CancellationToken cancellationToken)
    {
        _running ??= Task.WhenAll(_connections.Select(connection => Task.Run(() => connection.RunAsync(_stopping.Token), CancellationToken.None))
            .Append(_venueClock?.RunAsync(_stopping.Token) ?? Task.CompletedTask));
        Changed.Clear();
        var problems = new Problems();
        foreach (VenueConnection connection in _connections)
        {
            Write(reading, connection, problems);
        }

        if (problems.Count > 0)
        {
            throw new SourceException(SourceError.Unreachable, problems.ToString());
        }

        if (_venueClock?.Error is { } error)
        {
            throw new SourceException(SourceError.Status, error);
        }

        return Task.CompletedTask;
    }

    public bool Names(Table table, IReadOnlyList<string> keys) =>
        table != _table || (keys[0] == _exchange && keys[2] == _context.Host && keys[3] == _context.Env && Array.Exists(_connections, connection => connection.Channel == keys[1]));

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _stopping.CancelAsync();
        await (_running ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _venueClock?.Dispose();
        _stopping.Dispose();
    }

    private void Write(Reading reading, VenueConnection connection, Problems problems)
    {
        bool isMute = connection.JudgeMute();
        (LinkLoss? untold, LinkState link) = connection.Link.Tell();
        isMute &= link.Stands;
        TrafficState traffic = connection.Traffic.Now();
        (TimeSpan Skew, TimeSpan Error)? venue = _estimate.Now();
        string? problem = link.Stands ? traffic.Refusal is { } refusal ? $"the venue refuses: {refusal}" : null : link.Error;
        if (problem is not null)
        {
            problems.Add($"{connection.Channel}: {problem}");
        }

        if (untold is { } loss)
        {
            WriteLoss(reading, connection, loss);
        }

        LineWriter row = reading.Begin(_table, _exchange, connection.Channel, _context.Host, _context.Env);
        row.Set(_table["state"], !link.Stands ? link.LostAt is null ? "connecting" : "disconnected" : isMute ? "mute" : "connected");
        row.Set(_table["connected"], link.Stands);
        row.Set(_table["mute"], isMute);
        row.Set(_table["latency_ms"], link.Stands ? connection.RoundTrip?.TotalMilliseconds : null);
        row.Set(_table["feed_delay_ms"], traffic.Delay?.TotalMilliseconds);
        row.Set(_table["clock_skew_ms"], venue?.Skew.TotalMilliseconds);
        row.Set(_table["clock_error_ms"], venue?.Error.TotalMilliseconds);
        row.Set(_table["downtime_seconds"], link.Downtime?.TotalSeconds);
        row.Set(_table["message_count"], traffic.Messages);
        row.Set(_table["reconnect_count"], link.Reconnects);
        row.Set(_table["rate_limit_used"], _venueClock?.RateLimit.Used);
        row.Set(_table["rate_limit_limit"], _venueClock?.RateLimit.Limit);
        row.Set(_table["last_message_at"], traffic.LastDataAt);
        row.Set(_table["disconnected_at"], link.LostAt);
        row.Set(_table["error"], ForeignText.Fit(problem));
        reading.End(row, _context.Clock.GetUtcNow());
    }

    /// <summary>The row of an outage that was over before a reading came: however short it was, messages may be missing.</summary>
    private void WriteLoss(Reading reading, VenueConnection connection, LinkLoss loss)
    {
        LineWriter row = reading.Begin(_table, _exchange, connection.Channel, _context.Host, _context.Env);
        row.Set(_table["state"], "disconnected");
        row.Set(_table["connected"], false);
        row.Set(_table["mute"], false);
        row.Set(_table["downtime_seconds"], 0d);
        row.Set(_table["disconnected_at"], loss.At);
        row.Set(_table["error"], ForeignText.Fit(loss.Error));
        reading.End(row, loss.At);
    }
}
