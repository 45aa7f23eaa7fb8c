namespace Demo.Faults;

/// <summary>What a fault may be aimed at.</summary>
internal enum FaultTarget
{
    Daemon,
    Exchange,

    /// <summary>An exchange, one of its symbols (<c>binance/BTCUSDT</c>) or one series (<c>binance/BTCUSDT/oi</c>).</summary>
    Series,
    Strategy,
}

/// <summary>A way in which the simulation goes wrong on request.</summary>
/// <param name="Name">Its name in <c>POST /faults/NAME</c>.</param>
/// <param name="Target">What a <c>name=</c> may name; without one it strikes all of them.</param>
/// <param name="Effect">What it does, and what should be seen of it, in a sentence.</param>
internal sealed record FaultKind(string Name, FaultTarget Target, string Effect)
{
    public static readonly FaultKind DaemonDown = new(
        "daemon-down", FaultTarget.Daemon,
        "its process is gone: the status page does not answer, nothing is fetched; it starts anew at the end");

    public static readonly FaultKind DaemonErrors = new(
        "daemon-errors", FaultTarget.Daemon,
        "20 errors a minute beside the usual ones, with their text in last_error");

    public static readonly FaultKind DaemonMemory = new(
        "daemon-memory", FaultTarget.Daemon,
        "memory_bytes, which is simulated, grows by 20 MB a second up to 1.4 GB, and falls at the end");

    public static readonly FaultKind DaemonRestart = new(
        "daemon-restart", FaultTarget.Daemon,
        "it starts anew at once and every 15 s: uptime and counters begin at 0; for=1s gives one restart");

    public static readonly FaultKind ExchangeDisconnect = new(
        "exchange-disconnect", FaultTarget.Exchange,
        "its connections are cut without a close frame, and new ones refused with 503");

    public static readonly FaultKind ExchangeMute = new(
        "exchange-mute", FaultTarget.Exchange,
        "connections stand and pings are answered, but no trade comes");

    public static readonly FaultKind ExchangeLag = new(
        "exchange-lag", FaultTarget.Exchange,
        "trades come 3 s late, and replies to pings 450 ms later than usual");

    public static readonly FaultKind ExchangeRateLimit = new(
        "exchange-rate-limit", FaultTarget.Exchange,
        "the time page tells that 95 % of the request weight is used (binance alone tells it; it is asked once a minute)");

    public static readonly FaultKind PipelineGap = new(
        "pipeline-gap", FaultTarget.Series,
        "no records: counts and catalog stand still, while the daemon runs on");

    public static readonly FaultKind StrategyDrawdown = new(
        "strategy-drawdown", FaultTarget.Strategy,
        "it loses 0.4 % of its capital a second up to 15 %, and earns 0.2 % a second back at the end");

    public static readonly FaultKind StrategyVanish = new(
        "strategy-vanish", FaultTarget.Strategy,
        "it is no longer on the page, and pushes nothing");

    public static readonly IReadOnlyList<FaultKind> All =
    [
        DaemonDown, DaemonErrors, DaemonMemory, DaemonRestart, ExchangeDisconnect, ExchangeMute, ExchangeLag, ExchangeRateLimit,
        PipelineGap, StrategyDrawdown, StrategyVanish,
    ];
}
