using System.Text;
using Collector.Sources.Exchange;

namespace Collector.Tests.Sources.Exchange;

public sealed class HeartbeatTests
{
    private static readonly TimeSpan PongTimeout = TimeSpan.FromSeconds(5);
    private readonly WatchedClock _clock = new();

    [Fact]
    public void Take_LateReplyWithoutANumber_IsNotTakenForTheNextPings()
    {
        Heartbeat heartbeat = Of("ping", "pong");
        heartbeat.Next();
        _clock.Advance(PongTimeout);
        Assert.Equal(TimeSpan.Zero, heartbeat.Due);
        heartbeat.GiveUp();
        heartbeat.Next();
        _clock.Advance(TimeSpan.FromMilliseconds(10));

        Assert.True(heartbeat.Take("pong"u8)); // the first one's
        Assert.Null(heartbeat.RoundTrip);
        _clock.Advance(TimeSpan.FromMilliseconds(30));
        Assert.True(heartbeat.Take("pong"u8));
        Assert.Equal(40, heartbeat.RoundTrip!.Value.TotalMilliseconds);
    }

    [Fact]
    public void Take_ReplyWithAnotherNumber_IsNone()
    {
        Heartbeat heartbeat = Of("""{"id":{id}}""", "/id={id}");
        Assert.Equal("""{"id":1}""", Encoding.UTF8.GetString(heartbeat.Next()!));
        Assert.Null(heartbeat.Next());

        Assert.False(heartbeat.Take("""{"id":2}"""u8));
        Assert.True(heartbeat.Take("""{"id":1}"""u8));
        Assert.False(heartbeat.Take("""{"id":1}"""u8)); // nothing is waited for
    }

    [Theory]
    [InlineData("""{"success":true,"ret_msg":"pong","conn_id":"0970e817","req_id":"","op":"ping"}""")]
    [InlineData("""{"args":["1796070000123"],"op":"pong"}""")]
    public void Take_EitherFormOfBybitsReply_IsOne(string reply)
    {
        PingOptions ping = VenuePresets.All["bybit"].Ping!;
        Heartbeat heartbeat = Of(ping.Message!, ping.Pong!);
        heartbeat.Next();

        Assert.False(heartbeat.Take("""{"topic":"tickers.BTC","ret_msg":"","op":"subscribe"}"""u8));
        Assert.True(heartbeat.Take(Encoding.UTF8.GetBytes(reply)));
        Assert.NotNull(heartbeat.RoundTrip);
    }

    [Fact]
    public void Due_IsTheIntervalFromPingToPing()
    {
        Heartbeat heartbeat = Of("ping", "pong");
        Assert.True(heartbeat.Due <= TimeSpan.Zero);
        heartbeat.Next();
        _clock.Advance(TimeSpan.FromSeconds(1));
        heartbeat.Take("pong"u8);

        Assert.Equal(9, heartbeat.Due.TotalSeconds);
    }

    [Fact]
    public void RoundTrip_LongAgo_IsNone()
    {
        Heartbeat heartbeat = Of("ping", "pong");
        heartbeat.Next();
        heartbeat.Take("pong"u8);
        Assert.Equal(TimeSpan.Zero, heartbeat.RoundTrip);

        _clock.Advance(TimeSpan.FromSeconds(25));

        Assert.Null(heartbeat.RoundTrip);
    }

    private Heartbeat Of(string message, string pong) =>
        new(new PingOptions { Message = message, Pong = pong, Interval = TimeSpan.FromSeconds(10) }, PongTimeout, new ClockEstimate(_clock), _clock);
}
