using System.Diagnostics.CodeAnalysis;
using Collector.Sources.Exchange;
using Demo.Exchanges;

namespace Collector.Tests.Sources.Exchange;

/// <summary>Each preset before a venue that speaks as it does.</summary>
[SuppressMessage("Design", "CA1001", Justification = "DisposeAsync of IAsyncLifetime disposes of it.")]
public sealed class VenuePresetTests : IAsyncLifetime
{
    private readonly ExchangeRoom _room = new();

    public static TheoryData<string> Names => [.. VenueDialects.All.Select(dialect => dialect.Name)];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _room.DisposeAsync();

    [Fact]
    public void All_HaveAVenueToBeTriedOn() =>
        Assert.Equal(VenueDialects.All.Select(dialect => dialect.Name).Order(StringComparer.Ordinal), VenuePresets.All.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void All_AreWithoutFault()
    {
        foreach ((string name, VenuePreset preset) in VenuePresets.All)
        {
            var asGiven = new ExchangeOptions
            {
                Channels = ["trades"],
                Symbols = ["BTC"],
                Url = preset.Url,
                Subscribe = preset.Subscribe,
                EventTime = preset.EventTime,
                Refusals = preset.Refusals,
                Ping = preset.Ping,
                Clock = preset.Clock,
            };
            Assert.True(!asGiven.Check().Any(), $"{name}: {string.Join("; ", asGiven.Check())}");
            Assert.Equal(Uri.UriSchemeWss, preset.Url!.Scheme);
            Assert.Contains("trades", preset.Aliases!.Keys);
            Assert.Contains("trades", preset.EventTime!.Keys);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Preset_SubscribesAndReadsTheTradesTime(string name)
    {
        VenueDialect dialect = Dialect(name);
        (VenueServer venue, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(dialect);
        string[] expected = name == "binance" ? ["btc-usd", "eth\"usd"] : ["BTC-USD", "eth\"usd"];
        await ExchangeRoom.HoldsAsync(() => session.Symbols.Count == 2);
        Assert.Equal(expected, session.Symbols);
        if (VenuePresets.All[name].Clock is not null || name == "kraken")
        {
            await _room.UntilAsync(source, row => row["clock_skew_ms"] is not null);
        }

        await session.SendAsync(dialect.Trade("BTC-USD", _room.Clock.GetUtcNow()));

        WrittenRow row = await _room.UntilAsync(source, row => row["last_message_at"] is not null);
        Assert.Null(_room.Error);
        Assert.Equal(("connected", "true", "false"), (row["state"], row["connected"], row["mute"]));
        Assert.Equal((name, "trades", "machine", "test"), (row["exchange"], row["channel"], row["host"], row["env"]));
        Assert.Equal((_room.Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMicroseconds, row.Number("last_message_at"));
        Assert.Equal(name == "hyperliquid", row["clock_skew_ms"] is null);
        Assert.Equal(name == "hyperliquid", row["feed_delay_ms"] is null);
    }

    [Theory]
    [InlineData("binance")]
    [InlineData("bybit")]
    [InlineData("okx")]
    [InlineData("hyperliquid")]
    [InlineData("kraken")]
    public async Task Preset_WithPingMessages_MeasuresTheRoundTrip(string name)
    {
        VenueServer venue = await _room.VenueAsync(Dialect(name));
        var asked = new SemaphoreSlim(0);
        var answer = new SemaphoreSlim(0);
        venue.Behaviour.BeforePong = () =>
        {
            asked.Release();
            return answer.WaitAsync();
        };
        ExchangeSource source = _room.Source(ExchangeRoom.Options(Dialect(name), venue));
        await _room.ReadAsync(source);
        await asked.WaitAsync();
        Assert.Null((await _room.ReadAsync(source))["latency_ms"]);

        _room.Clock.Advance(TimeSpan.FromMilliseconds(40));
        answer.Release();

        WrittenRow row = await _room.UntilAsync(source, row => row["latency_ms"] is not null);
        Assert.Equal(40, row.Number("latency_ms"));
    }

    [Theory]
    [InlineData("dydx")]
    [InlineData("coinbase")]
    public async Task Preset_WithoutPingMessages_TellsNoRoundTrip(string name)
    {
        (_, ExchangeSource source, VenueSession session) = await _room.ConnectedAsync(Dialect(name));
        await session.TradeAsync();

        WrittenRow row = await _room.UntilAsync(source, row => row["last_message_at"] is not null);

        Assert.Null(row["latency_ms"]);
        Assert.All(session.Messages, message => Assert.Contains("subscribe", message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kraken_TellsItsTimeInThePong()
    {
        VenueServer venue = await _room.VenueAsync(VenueDialects.Kraken);
        venue.Behaviour.ClockAhead = TimeSpan.FromMilliseconds(-1234.5);
        ExchangeSource source = _room.Source(ExchangeRoom.Options(VenueDialects.Kraken, venue));

        WrittenRow row = await _room.UntilAsync(source, row => row["clock_skew_ms"] is not null);

        Assert.InRange(row.Number("clock_skew_ms"), -1234.5 - row.Number("clock_error_ms"), -1234.5 + row.Number("clock_error_ms"));
    }

    private static VenueDialect Dialect(string name) => VenueDialects.All.Single(dialect => dialect.Name == name);
}
