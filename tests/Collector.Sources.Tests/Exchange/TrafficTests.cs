using System.Text;
using Collector.Sources.Exchange;

namespace Collector.Tests.Sources.Exchange;

public sealed class TrafficTests
{
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(100);
    private static readonly byte[] Heartbeat = Encoding.UTF8.GetBytes("""{"channel":"heartbeat"}""");

    private readonly WatchedClock _clock = new();
    private readonly ClockEstimate _estimate;
    private readonly Traffic _traffic;

    public TrafficTests()
    {
        _estimate = new ClockEstimate(_clock);
        _traffic = Of("trades");
        _traffic.Begin();
    }

    [Fact]
    public void Take_Flood_LooksIntoOneMessageASampleIntervalAndAllocatesNothing()
    {
        _estimate.Add(_clock.GetTimestamp(), _clock.GetTimestamp(), _clock.GetUtcNow(), _clock.GetUtcNow(), TimeSpan.Zero);
        byte[] trade = Trade(0);

        Assert.Equal(0, Allocation.Least(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                if (i % 1000 == 0)
                {
                    _clock.Advance(Sample); // each sample is a message that is looked into
                }

                _traffic.Take(trade, isWhole: true);
            }
        }) - Allocation.Least(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                _clock.Advance(Sample);
            }
        }));
    }

    [Fact]
    public void Take_DataWithinTheInterval_IsCountedAndTakenForData()
    {
        Assert.True(_traffic.Take(Trade(0), true));
        Assert.True(_traffic.Take("not looked into"u8, true));
        _clock.Advance(Sample);
        Assert.False(_traffic.Take("looked into"u8, true));

        Assert.Equal(3, _traffic.Now().Messages);
    }

    [Fact]
    public void Take_ManyThatAreNoData_AreNotAllLookedInto()
    {
        for (int i = 0; i < 16; i++)
        {
            Assert.False(_traffic.Take(Heartbeat, true));
        }

        Assert.False(_traffic.Take(Trade(0), true)); // not looked into any more
        _clock.Advance(Sample);
        Assert.True(_traffic.Take(Trade(0), true));
    }

    [Fact]
    public void Take_ChannelWithoutEventTime_TakesEveryMessageForDataButARefusal()
    {
        Traffic traffic = Of("unheard-of");

        Assert.False(traffic.Take("""{"success":false}"""u8, true));
        Assert.True(traffic.Take(Heartbeat, true));
    }

    [Fact]
    public void Silence_CountsFromTheLastDataAndFromEachConnection()
    {
        _clock.Advance(TimeSpan.FromSeconds(5));
        _traffic.Begin();
        _clock.Advance(TimeSpan.FromSeconds(3));
        _traffic.Take(Heartbeat, true);
        Assert.Equal(3, _traffic.Silence().TotalSeconds);

        _traffic.Take(Trade(0), true);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, _traffic.Silence().TotalSeconds);
        _traffic.Begin();
        Assert.Equal(0, _traffic.Silence().TotalSeconds);
    }

    [Fact]
    public void Now_Delay_IsTheMeanOfThoseLookedInto()
    {
        _estimate.Add(_clock.GetTimestamp(), _clock.GetTimestamp(), _clock.GetUtcNow(), _clock.GetUtcNow(), TimeSpan.Zero);
        _traffic.Begin();
        _clock.Advance(TimeSpan.FromSeconds(1));
        _traffic.Take(Trade(-10), true);
        _traffic.Take(Trade(-500), true);
        _clock.Advance(Sample);
        _traffic.Take(Trade(-30), true);

        Assert.Equal(20, _traffic.Now().Delay!.Value.TotalMilliseconds);
        Assert.Null(_traffic.Now().Delay);
    }

    [Fact]
    public void Take_RefusalOfOneSymbol_StandsBehindDataOfAnother()
    {
        Traffic traffic = Of("trades", "BTC", "BTC-PERP", "ETH");
        traffic.Begin();
        traffic.Take(Data("ETH"), true);
        traffic.Take(Refused("BTC"), true); // within the sample interval of the data before
        _clock.Advance(Sample);
        traffic.Take(Data("ETH"), true);
        _clock.Advance(Sample);
        traffic.Take(Data("BTC-PERP"), true);

        Assert.Contains("publicTrade.BTC\"", traffic.Now().Refusal, StringComparison.Ordinal);
        _clock.Advance(Sample);
        traffic.Take(Data("btc"), true);
        Assert.Null(traffic.Now().Refusal);
        traffic.Take(Refused("BTC"), true);
        traffic.Begin();
        Assert.Null(traffic.Now().Refusal);
    }

    [Fact]
    public void Take_ManyRefusals_TellsTheFirstFewAndHowManyMore()
    {
        string[] symbols = [.. Enumerable.Range(0, 40).Select(i => $"S{i}")];
        Traffic traffic = Of("trades", symbols);
        traffic.Begin();
        foreach (string symbol in symbols)
        {
            traffic.Take(Refused(symbol), true);
            traffic.Take(Refused(symbol), true);
        }

        Assert.EndsWith("; and 35 more", traffic.Now().Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("binance", "trades", """{"e":"serverShutdown","E":1767323045000}""", null)]
    [InlineData("binance", "unheard-of", """{"result":null,"id":0}""", null)]
    [InlineData("binance", "unheard-of", """{"e":"unheard-of"}""", true)]
    [InlineData("kraken", "book", """{"channel":"heartbeat"}""", null)]
    [InlineData("kraken", "book", """{"method":"subscribe","success":true,"result":{"channel":"book"}}""", null)]
    [InlineData("kraken", "book", """{"channel":"book","type":"update","data":[]}""", true)]
    [InlineData("okx", "books", """{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade."}""", null)]
    [InlineData("bybit", "orderbook.1", """{"success":true,"ret_msg":"","op":"subscribe"}""", null)]
    [InlineData("hyperliquid", "l2Book", """{"channel":"subscriptionResponse","data":{}}""", null)]
    [InlineData("dydx", "v4_markets", """{"type":"connected","connection_id":"x"}""", null)]
    [InlineData("coinbase", "status", """{"type":"subscriptions","channels":[]}""", null)]
    public void Take_Notice_IsNoData(string preset, string channel, string message, bool? isData)
    {
        Traffic traffic = Preset(preset, channel, null, "BTC");

        Assert.Equal(isData == true, traffic.Take(Encoding.UTF8.GetBytes(message), true));
        Assert.Equal(isData == true, traffic.Now().LastDataAt is not null);
    }

    [Fact]
    public void Take_CombinedStream_IsReadWithinItsData()
    {
        var address = new Uri("wss://stream.binance.com:9443/stream");
        Assert.True(Preset("binance", "trades", address, "BTC").Take("""{"stream":"btc@trade","data":{"e":"trade","E":1767323045000}}"""u8, true));
        Assert.False(Preset("binance", "trades", address, "BTC").Take("""{"stream":"x","data":{"e":"serverShutdown","E":1767323045000}}"""u8, true));
        Assert.False(Preset("binance", "trades", address, "BTC").Take("""{"e":"serverShutdown","E":1767323045000}"""u8, true));
    }

    [Fact]
    public void Take_NaNBeforeTheTime_IsDataNonetheless() =>
        Assert.True(_traffic.Take("""{"index":NaN,"data":[{"p":Infinity,"T":1767323045000}]}"""u8, true));

    private static byte[] Refused(string symbol) => Encoding.UTF8.GetBytes($$"""{"success":false,"ret_msg":"error:handler not found,topic:publicTrade.{{symbol}}","op":"subscribe"}""");

    private byte[] Data(string symbol) => Encoding.UTF8.GetBytes($$"""{"topic":"publicTrade.{{symbol}}","data":[{"T":{{_clock.GetUtcNow().ToUnixTimeMilliseconds()}},"s":"{{symbol}}"}]}""");

    private byte[] Trade(double ms) => Encoding.UTF8.GetBytes($$"""{"data":[{"T":{{(_clock.GetUtcNow().AddMilliseconds(ms)).ToUnixTimeMilliseconds()}}}]}""");

    private Traffic Of(string channel, params string[] symbols) => Preset("bybit", channel, null, symbols is [] ? ["BTC"] : symbols);

    private Traffic Preset(string preset, string channel, Uri? address, params string[] symbols) =>
        new(VenueProtocol.Of(new ExchangeOptions { Preset = preset, Url = address, Channels = [channel], Symbols = symbols }, channel), _estimate, Sample, _clock);
}
