using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Collector.Settings;
using Collector.Sources;
using Collector.Sources.Exchange;
using Demo.Exchanges;

namespace Collector.Tests.Sources.Exchange;

[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync of IAsyncLifetime disposes of it.")]
public sealed class ExchangeSourceTests : IAsyncLifetime
{
    private readonly ExchangeRoom _room = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _room.DisposeAsync();

    [Fact]
    public async Task Read_FirstTime_IsConnectingWithItsCounters()
    {
        VenueServer venue = await _room.VenueAsync(VenueDialects.Okx);
        var handshake = new TaskCompletionSource();
        venue.Behaviour.BeforeHandshake = () => handshake.Task;
        ExchangeSource source = _room.Source(ExchangeRoom.Options(VenueDialects.Okx, venue));

        WrittenRow row = await _room.ReadAsync(source);

        Assert.Null(_room.Error);
        Assert.Equal(("connecting", "false", "false", "0", "0"), (row["state"], row["connected"], row["mute"], row["message_count"], row["reconnect_count"]));
        Assert.All(["downtime_seconds", "disconnected_at", "latency_ms", "feed_delay_ms", "last_message_at", "error"], column => Assert.Null(row[column]));
        handshake.SetResult();
        await _room.ToldAsync(source, row => row["state"] == "connected");
    }

    [Fact]
    public async Task Read_ChannelsOfOneExchange_HaveARowAndAConnectionEach()
    {
        VenueServer venue = await _room.VenueAsync(VenueDialects.Okx);
        ExchangeSource source = _room.Source(ExchangeRoom.Options(VenueDialects.Okx, venue) with { Channels = ["trades", "ticker"] });
        await _room.ReadAsync(source);
        await ExchangeRoom.HoldsAsync(() => venue.Sessions.Sum(session => session.Messages.Count(message => message.Contains("subscribe", StringComparison.Ordinal))) == 2);

        Assert.Equal(
            ["tickers", "trades"],
            venue.Sessions.Select(session => session.Messages[0].Contains("tickers", StringComparison.Ordinal) ? "tickers" : "trades").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Closed_WithAFrame_IsToldAtOnceWithItsReason()
    {
        (VenueServer venue, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(VenueDialects.Bybit);

        await session.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "maintenance");

        WrittenRow row = await _room.ToldAsync(source, row => row["state"] != "connected");
        string address = venue.Url.ToString();
        Assert.Equal(("disconnected", "false", "false", "0"), (row["state"], row["connected"], row["mute"], row["downtime_seconds"]));
        Assert.Equal($"{address} closed the connection: 1001 maintenance", row["error"]);
        Assert.Equal((WatchedClock.Began - DateTimeOffset.UnixEpoch).TotalMicroseconds, row.Number("disconnected_at"));
        Assert.Equal((SourceError.Unreachable, $"trades: {address} closed the connection: 1001 maintenance"), (_room.Error!.Error, _room.Error.Message));
    }

    [Fact]
    public async Task Cut_WithoutAFrame_GrowsItsDowntimeUntilItIsBack()
    {
        (VenueServer venue, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(VenueDialects.Coinbase);
        venue.Behaviour.Refuses = 503;
        session.Cut();
        WrittenRow row = await _room.UntilAsync(source, row => row["state"] == "disconnected");
        Assert.Contains("broke off", row["error"], StringComparison.Ordinal);
        int attempts = venue.Attempts;

        _room.Clock.Advance(TimeSpan.FromMilliseconds(499));
        row = await _room.ReadAsync(source);
        Assert.Equal((0.499, attempts), (row.Number("downtime_seconds"), venue.Attempts));
        _room.Clock.Advance(TimeSpan.FromMilliseconds(501));
        row = await _room.UntilAsync(source, row => row["error"]!.Contains("refuses", StringComparison.Ordinal));
        Assert.Equal(("disconnected", $"{venue.Url} refuses the connection with 503 ServiceUnavailable"), (row["state"], row["error"]));
        Assert.Equal(1, row.Number("downtime_seconds"));

        venue.Behaviour.Refuses = null;
        row = await _room.UntilAsync(source, row => row["state"] == "connected", () => _room.Clock.Advance(TimeSpan.FromMilliseconds(100)));
        Assert.Equal("1", row["reconnect_count"]);
        Assert.All(["downtime_seconds", "disconnected_at", "error"], column => Assert.Null(row[column]));
    }

    [Fact]
    public async Task Closed_AndBackBeforeAReading_IsARowOfItsOwn()
    {
        (VenueServer venue, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(VenueDialects.Bybit);
        await session.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "maintenance");
        await ExchangeRoom.HoldsAsync(() =>
        {
            _room.Clock.Advance(TimeSpan.FromMilliseconds(100));
            return venue.Sessions is [.., { Symbols.Count: > 0 } last] && last != session;
        });

        IReadOnlyList<WrittenRow> rows = await _room.ReadAllAsync(source);

        Assert.Equal(["disconnected", "connected"], rows.Select(row => row["state"]));
        Assert.Equal(("false", $"{venue.Url} closed the connection: 1001 maintenance"), (rows[0]["connected"], rows[0]["error"]));
        Assert.Equal((rows[0].Time - DateTimeOffset.UnixEpoch).TotalMicroseconds, rows[0].Number("disconnected_at"));
        Assert.Equal(("1", null, null), (rows[1]["reconnect_count"], rows[1]["disconnected_at"], rows[1]["error"]));
        Assert.Single(await _room.ReadAllAsync(source));
    }

    [Theory]
    [InlineData(401, "refuses the connection with 401 Unauthorized")]
    [InlineData(403, "refuses the connection with 403 Forbidden")]
    [InlineData(429, "refuses the connection with 429 TooManyRequests")]
    [InlineData(200, "refuses the connection with 200 OK")]
    [InlineData(307, "answers 307 and redirects to wss://elsewhere/ws, which is not followed; set url")]
    public async Task Refused_TellsTheStatus(int status, string error)
    {
        VenueServer venue = await _room.VenueAsync(VenueDialects.Okx);
        (venue.Behaviour.Refuses, venue.Behaviour.Location) = (status, "wss://elsewhere/ws");
        ExchangeSource source = _room.Source(ExchangeRoom.Options(VenueDialects.Okx, venue) with { AskClock = false });

        WrittenRow row = await _room.UntilAsync(source, row => row["state"] == "disconnected");

        Assert.Equal($"{venue.Url} {error}", row["error"]);
        Assert.Equal("0", row["reconnect_count"]);
    }

    [Fact]
    public async Task Refused_WithRetryAfter_WaitsForThatLong()
    {
        VenueServer venue = await _room.VenueAsync(VenueDialects.Okx);
        (venue.Behaviour.Refuses, venue.Behaviour.RetryAfter) = (429, "90");
        ExchangeSource source = _room.Source(ExchangeRoom.Options(VenueDialects.Okx, venue));
        await _room.UntilAsync(source, row => row["state"] == "disconnected");

        await _room.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task Unreachable_TellsSo()
    {
        VenueServer venue = await _room.VenueAsync(VenueDialects.Okx);
        ExchangeOptions options = ExchangeRoom.Options(VenueDialects.Okx, venue);
        await venue.DisposeAsync();
        ExchangeSource source = _room.Source(options);

        WrittenRow row = await _room.UntilAsync(source, row => row["state"] == "disconnected");

        Assert.StartsWith($"{venue.Url} cannot be reached: ", row["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handshake_TooSlow_IsGivenUp()
    {
        VenueServer venue = await _room.VenueAsync(VenueDialects.Okx);
        var never = new TaskCompletionSource();
        venue.Behaviour.BeforeHandshake = () => never.Task;
        ExchangeSource source = _room.Source(ExchangeRoom.Options(VenueDialects.Okx, venue));
        await _room.ReadAsync(source);
        await ExchangeRoom.HoldsAsync(() => venue.Attempts == 1);

        WrittenRow row = await _room.UntilAsync(source, row => row["state"] == "disconnected", () => _room.Clock.Advance(TimeSpan.FromSeconds(1)));

        Assert.Equal($"{venue.Url} gives no connection within 10 s (connect_timeout)", row["error"]);
        never.SetResult();
    }

    [Fact]
    public async Task HalfOpen_PingMessages_IsDisconnectedAtThePongsDeadline()
    {
        var five = TimeSpan.FromSeconds(5);
        (VenueServer venue, ExchangeSource source, _) = await _room.ConnectedAsync(
            VenueDialects.Hyperliquid, options => options with { Ping = VenuePresets.All["hyperliquid"].Ping! with { Interval = five }, PongTimeout = five });
        await _room.UntilAsync(source, row => row["latency_ms"] is not null);
        await _room.Clock.WaitForTimerAsync(five);
        venue.Behaviour.Reads = false;
        _room.Clock.Advance(five);
        await _room.Clock.WaitForTimerAsync(five); // the ping that gets no answer is under way

        _room.Clock.Advance(five - TimeSpan.FromMilliseconds(1));
        Assert.Equal("connected", (await _room.ReadAsync(source))["state"]);
        _room.Clock.Advance(TimeSpan.FromMilliseconds(1));
        WrittenRow row = await _room.UntilAsync(source, row => row["state"] == "disconnected");

        Assert.Equal($"{venue.Url} leaves a ping without an answer for 5 s (pong_timeout), and nothing else arrives", row["error"]);
        Assert.Equal("0", row["downtime_seconds"]);
        Assert.Null(row["latency_ms"]);
    }

    [Fact]
    public async Task HalfOpen_PingFrames_IsDisconnectedAtThePongsDeadline()
    {
        // The frames are the platform's, and so is their clock.
        (VenueServer venue, ExchangeSource source, _) = await _room.ConnectedAsync(
            VenueDialects.Dydx, options => options with { Ping = new PingOptions { Interval = TimeSpan.FromSeconds(1) }, PongTimeout = TimeSpan.FromSeconds(1) });

        venue.Behaviour.Reads = false;

        WrittenRow row = await _room.UntilAsync(source, row => row["state"] == "disconnected");
        Assert.Contains("Pong", row["error"], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task PingNeverAnswered_WhileDataFlows_StaysConnectedWithoutARoundTrip()
    {
        VenueServer venue = await _room.VenueAsync(VenueDialects.Okx);
        venue.Behaviour.AnswersPings = false;
        ExchangeSource source = _room.Source(ExchangeRoom.Options(VenueDialects.Okx, venue) with { PongTimeout = TimeSpan.FromSeconds(5) });
        await _room.UntilAsync(source, row => row["state"] == "connected");
        await ExchangeRoom.HoldsAsync(() => venue.Sessions is [{ Symbols.Count: > 0 }]);
        for (int second = 0; second < 30; second++)
        {
            await venue.Sessions[0].TradeAsync();
            long wanted = 3 + (2 * second); // the acknowledgement, and two symbols
            WrittenRow row = await _room.UntilAsync(source, row => row.Number("message_count") >= wanted);
            Assert.Equal(("connected", null), (row["state"], row["latency_ms"]));
            _room.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await ExchangeRoom.HoldsAsync(() => venue.Sessions[0].Messages.Count(message => message == "ping") >= 3);
        Assert.Single(venue.Sessions);
    }

    [Fact]
    public async Task Silent_ForLongerThanItMay_IsMuteUntilDataArrives()
    {
        // One symbol, so that there is no second trade still under way; and no ping before the silence is judged.
        (_, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(
            VenueDialects.Kraken,
            options => options with { Symbols = ["BTC-USD"], Ping = VenuePresets.All["kraken"].Ping! with { Interval = TimeSpan.FromMinutes(1) } });
        await session.TradeAsync();
        double messages = (await _room.UntilAsync(source, row => row["last_message_at"] is not null)).Number("message_count");
        await _room.Clock.WaitForTimerAsync(TimeSpan.FromSeconds(30));
        for (int second = 0; second < 29; second++)
        {
            _room.Clock.Advance(TimeSpan.FromSeconds(1));
            await session.SendAsync("""{"channel":"heartbeat"}""");

            // Taken in its own second: in a heap they would use up the looks of the interval in which the trade comes.
            messages++;
            WrittenRow still = await _room.UntilAsync(source, row => row.Number("message_count") >= messages);
            Assert.Equal(("connected", "false"), (still["state"], still["mute"]));
        }

        _room.Clock.Advance(TimeSpan.FromSeconds(1));
        WrittenRow row = await _room.ToldAsync(source, row => row["state"] == "mute");
        Assert.Equal(("true", "true", null), (row["connected"], row["mute"], row["disconnected_at"]));
        Assert.Null(_room.Error);

        await session.TradeAsync();
        row = await _room.ToldAsync(source, row => row["state"] == "connected");
        Assert.Equal("false", row["mute"]);
    }

    [Fact]
    public async Task Silent_LikeAllItsPeers_IsNotMuteUntilOneSpeaks()
    {
        (_, ExchangeSource one, _) = await _room.ConnectedAsync(VenueDialects.Binance);
        (_, ExchangeSource other, VenueSession speaker) = await _room.ConnectedAsync(VenueDialects.Okx);
        _room.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("connected", (await _room.ReadAsync(one))["state"]);
        Assert.Equal("connected", (await _room.ReadAsync(other))["state"]);

        await speaker.TradeAsync();

        await _room.UntilAsync(one, row => row["state"] == "mute");
        Assert.Equal("connected", (await _room.ReadAsync(other))["state"]);
    }

    [Fact]
    public async Task Silent_ChannelThatMaySaySeldom_IsNotMuteUnlessConfigured()
    {
        (_, ExchangeSource seldom) = await _room.LiquidationsAsync(null);
        (_, ExchangeSource watched) = await _room.LiquidationsAsync(TimeSpan.FromSeconds(30));

        _room.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(("connected", "false"), ((await _room.ReadAsync(seldom))["state"], (await _room.ReadAsync(seldom))["mute"]));
        await _room.UntilAsync(watched, row => row["state"] == "mute");
    }

    [Fact]
    public async Task Silent_WhileItsPeerIsDisconnected_IsMute()
    {
        (_, ExchangeSource one, _) = await _room.ConnectedAsync(VenueDialects.Binance);
        (VenueServer venue, ExchangeSource other, VenueSession session) = await _room.ConnectedAsync(VenueDialects.Okx);
        venue.Behaviour.Refuses = 503;
        session.Cut();
        await _room.UntilAsync(other, row => row["state"] == "disconnected");

        _room.Clock.Advance(TimeSpan.FromSeconds(31));

        await _room.UntilAsync(one, row => row["state"] == "mute");
    }

    [Theory]
    [InlineData("Sun", "connected")] // the clock stands at Friday, 03:04 UTC
    [InlineData("Thu-Sat", "mute")]
    public async Task Silent_OutsideOfItsSessions_IsNotMute(string days, string state)
    {
        (_, ExchangeSource source, _) = await _room.ConnectedAsync(
            VenueDialects.Okx, options => options with { Sessions = [$"{days} 00:00-24:00"], TimeZone = "Europe/Berlin" });

        _room.Clock.Advance(TimeSpan.FromSeconds(31));

        await _room.UntilAsync(source, row => row["state"] == state);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(90_000)]
    [InlineData(-90_000)]
    public async Task ClockWrong_FeedDelayIsTheVenuesOwn(double aheadMs)
    {
        VenueServer venue = await _room.VenueAsync(VenueDialects.Bybit);
        venue.Behaviour.ClockAhead = TimeSpan.FromMilliseconds(aheadMs);
        ExchangeSource source = _room.Source(ExchangeRoom.Options(VenueDialects.Bybit, venue));
        await _room.UntilAsync(source, row => row["clock_skew_ms"] is not null && row["state"] == "connected");
        await ExchangeRoom.HoldsAsync(() => venue.Sessions is [{ Symbols.Count: > 0 }]);
        _room.Clock.Advance(TimeSpan.FromMilliseconds(700));
        VenueSession session = venue.Sessions[0];

        await session.SendAsync(VenueDialects.Bybit.Trade("BTC-USD", _room.Clock.GetUtcNow() + venue.Behaviour.ClockAhead - TimeSpan.FromMilliseconds(250)));

        WrittenRow row = await _room.UntilAsync(source, row => row["feed_delay_ms"] is not null);
        Assert.InRange(row.Number("feed_delay_ms"), 250 - row.Number("clock_error_ms"), 250 + row.Number("clock_error_ms"));
        Assert.InRange(row.Number("clock_skew_ms"), aheadMs - row.Number("clock_error_ms"), aheadMs + row.Number("clock_error_ms"));
        Assert.InRange(row.Number("clock_error_ms"), 0, 1);
        Assert.Null((await _room.ReadAsync(source))["feed_delay_ms"]); // told once
    }

    [Fact]
    public async Task Snapshot_OfOldTrades_IsNoDelay()
    {
        (VenueServer venue, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(VenueDialects.Bybit);
        await _room.UntilAsync(source, row => row["clock_skew_ms"] is not null);

        await session.TradeAsync(late: TimeSpan.FromMinutes(5));

        WrittenRow row = await _room.UntilAsync(source, row => row["last_message_at"] is not null);
        Assert.Null(row["feed_delay_ms"]);
    }

    [Fact]
    public async Task Clock_AnswersNot_IsAnErrorAndNoNumber()
    {
        (VenueServer venue, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(
            VenueDialects.Bybit, options => options with { Clock = options.Clock! with { Time = "/nowhere" } });
        await session.TradeAsync();

        WrittenRow row = await _room.UntilAsync(source, row => row["last_message_at"] is not null && _room.Error is not null);

        Assert.Equal($"{venue.Clock} answers without a time at /nowhere, so the venue's clock is not known", _room.Error!.Message);
        Assert.All(["clock_skew_ms", "clock_error_ms", "feed_delay_ms"], column => Assert.Null(row[column]));
        Assert.Equal("connected", row["state"]);
    }

    [Theory]
    [InlineData("binance", "x-mbx-used-weight-1m=1200", "1200", "6000")]
    [InlineData("dydx", "ratelimit-remaining=30,ratelimit-limit=100", "70", "100")]
    [InlineData("dydx", "ratelimit-remaining=x", null, null)]
    public async Task Clock_TellsTheRateLimit(string name, string headers, string? used, string? limit)
    {
        VenueDialect dialect = VenueDialects.All.Single(dialect => dialect.Name == name);
        VenueServer venue = await _room.VenueAsync(dialect);
        venue.Behaviour.ClockHeaders = headers.Split(',').ToDictionary(pair => pair.Split('=')[0], pair => pair.Split('=')[1], StringComparer.Ordinal);
        ExchangeSource source = _room.Source(ExchangeRoom.Options(dialect, venue));

        WrittenRow row = await _room.UntilAsync(source, row => row["clock_skew_ms"] is not null && row["rate_limit_used"] == used);

        Assert.Equal(limit, row["rate_limit_limit"]);
    }

    [Fact]
    public async Task Subscription_Refused_IsToldInTheVenuesWords()
    {
        (_, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(VenueDialects.Okx);

        await session.SendAsync("""{"event":"error","code":"60018","msg":"Invalid symbol"}""");

        WrittenRow row = await _room.UntilAsync(source, row => row["error"] is not null);
        Assert.Equal(("connected", """the venue refuses: {"event":"error","code":"60018","msg":"Invalid symbol"}"""), (row["state"], row["error"]));
        Assert.Contains("Invalid symbol", _room.Error!.Message, StringComparison.Ordinal);
        await session.TradeAsync();
        Assert.Null((await _room.UntilAsync(source, row => row["last_message_at"] is not null))["error"]);
    }

    [Theory]
    [InlineData("not json at all")]
    [InlineData("{\"data\":[{\"T\":")]
    [InlineData("{\"data\":[{\"T\":\"yesterday\"}]}")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task Garbage_CountsAndIsNoData(string text)
    {
        (_, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(VenueDialects.Bybit);
        double before = (await _room.UntilAsync(source, row => row["message_count"] == "1")).Number("message_count");

        await session.SendAsync(text);

        WrittenRow row = await _room.UntilAsync(source, row => row.Number("message_count") > before);
        Assert.Equal(("connected", null), (row["state"], row["last_message_at"]));
    }

    [Fact]
    public async Task Message_LongerThanTheBuffer_CountsAsDataAndCostsNoMemory()
    {
        (_, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(VenueDialects.Bybit);

        await session.SendAsync($$"""{"topic":"publicTrade.BTC","book":"{{new string('x', 300_000)}}","data":[{"T":1}]}""");

        WrittenRow row = await _room.UntilAsync(source, row => row["last_message_at"] is not null);
        Assert.Equal("2", row["message_count"]);
    }

    [Fact]
    public async Task Message_LongerThanItMayBe_EndsTheConnection()
    {
        (VenueServer venue, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(
            VenueDialects.Bybit, options => options with { MaxMessageBytes = ByteSize.KiB(100) });

        Task sending = session.SendAsync(new string('x', 300_000));

        WrittenRow row = await _room.UntilAsync(source, row => row["state"] == "disconnected");
        Assert.Equal($"{venue.Url} sends a message of more than 100KiB (max_message_bytes)", row["error"]);
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext); // the venue may still be at it when it is left
    }

    [Fact]
    public async Task Tls_CertificateOfAnotherAuthority_IsRefusedAndOneOfOurOwnTaken()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(150));
        await using VenueServer venue = await VenueServer.StartAsync(VenueDialects.Okx, _room.Clock, 0, made);
        ExchangeOptions options = ExchangeRoom.Options(VenueDialects.Okx, venue) with { AskClock = false };

        WrittenRow refused = await _room.UntilAsync(_room.Source(options), row => row["state"] == "disconnected");
        Assert.Contains("certificate", refused["error"], StringComparison.OrdinalIgnoreCase);

        var tls = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate!.GetCertHashString() == made.GetCertHashString(),
        };
        ExchangeSource source = _room.Source(options, tls);
        await _room.UntilAsync(source, row => row["latency_ms"] is not null);
    }

    [Fact]
    public async Task Venue_WithoutAPreset_IsDescribedWhole()
    {
        VenueServer venue = await _room.VenueAsync(VenueDialects.Kraken);
        ExchangeSource source = _room.Source(new ExchangeOptions
        {
            Name = "backyard",
            Url = venue.Url,
            Channels = ["trade"],
            Symbols = ["A/B", "C/D"],
            Subscribe = ["""{"method":"subscribe","params":{"channel":"{channel}","symbol":["{symbol}"]}}"""],
            Ping = new PingOptions { Message = """{"method":"ping","req_id":{id}}""", Pong = "/req_id={id}" },
        });
        await _room.ReadAsync(source);

        await ExchangeRoom.HoldsAsync(() => venue.Sessions is [{ Symbols: ["A/B", "C/D"] }]);
        WrittenRow row = await _room.UntilAsync(source, row => row["latency_ms"] is not null);

        Assert.Equal(("backyard", "trade"), (row["exchange"], row["channel"]));
        Assert.Null(row["clock_skew_ms"]);
    }

    [Fact]
    public async Task Dispose_EndsTheConnections()
    {
        (_, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(VenueDialects.Okx);

        await source.DisposeAsync();

        await ExchangeRoom.HoldsAsync(() => !session.IsOpen);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, session.ClosedWith);
        await source.DisposeAsync();
    }
}
