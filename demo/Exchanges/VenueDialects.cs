using System.Globalization;
using System.Text.Json;

namespace Demo.Exchanges;

/// <summary>The dialects of the exchanges that the collector has presets for, as far as trades go, from their public documentation.</summary>
internal static class VenueDialects
{
    public static readonly VenueDialect Binance = new(
        "binance",
        null,
        message => message.Contains("LIST_SUBSCRIPTIONS", StringComparison.Ordinal),
        (ping, _) => $$"""{"result":[],"id":{{Field(ping, "id")}}}""",
        json => Is(json, "method", "SUBSCRIBE") ? Texts(json.GetProperty("params"), topic => topic.EndsWith("@trade", StringComparison.Ordinal) ? topic[..^6] : null) : null,
        json => $$"""{"result":null,"id":{{json.GetProperty("id")}}}""",
        (symbol, time) => $$"""{"e":"trade","E":{{Ms(time)}},"s":"{{symbol.ToUpperInvariant()}}","t":1,"p":"0.001","q":"100","T":{{Ms(time)}},"m":true}""",
        time => $$"""{"serverTime":{{Ms(time)}}}""");

    public static readonly VenueDialect Bybit = new(
        "bybit",
        null,
        message => message.Contains("\"ping\"", StringComparison.Ordinal),
        (_, _) => """{"success":true,"ret_msg":"pong","conn_id":"0970e817","req_id":"","op":"ping"}""",
        json => Is(json, "op", "subscribe") ? Texts(json.GetProperty("args"), topic => topic.StartsWith("publicTrade.", StringComparison.Ordinal) ? topic[12..] : null) : null,
        _ => """{"success":true,"ret_msg":"","conn_id":"0970e817","op":"subscribe"}""",
        (symbol, time) => $$"""{"topic":"publicTrade.{{symbol}}","type":"snapshot","ts":{{Ms(time)}},"data":[{"T":{{Ms(time)}},"s":"{{symbol}}","S":"Buy","v":"0.001","p":"16578.50"}]}""",
        time => $$"""{"retCode":0,"retMsg":"OK","result":{"timeSecond":"{{time.ToUnixTimeSeconds()}}","timeNano":"{{Ms(time)}}000000"},"time":{{Ms(time)}}}""");

    public static readonly VenueDialect Okx = new(
        "okx",
        null,
        message => message == "ping",
        (_, _) => "pong",
        json => Is(json, "op", "subscribe") ? [.. json.GetProperty("args").EnumerateArray().Where(arg => Is(arg, "channel", "trades")).Select(arg => arg.GetProperty("instId").GetString()!)] : null,
        json => $$"""{"event":"subscribe","arg":{{json.GetProperty("args")[0]}},"connId":"a4d3ae55"}""",
        (symbol, time) => $$"""{"arg":{"channel":"trades","instId":"{{symbol}}"},"data":[{"instId":"{{symbol}}","tradeId":"1","px":"42219.9","sz":"0.12","side":"buy","ts":"{{Ms(time)}}"}]}""",
        time => $$"""{"code":"0","msg":"","data":[{"ts":"{{Ms(time)}}"}]}""");

    public static readonly VenueDialect Hyperliquid = new(
        "hyperliquid",
        null,
        message => message.Contains("\"ping\"", StringComparison.Ordinal),
        (_, _) => """{"channel":"pong"}""",
        json => Is(json, "method", "subscribe") && Is(json.GetProperty("subscription"), "type", "trades") ? [json.GetProperty("subscription").GetProperty("coin").GetString()!] : null,
        json => $$"""{"channel":"subscriptionResponse","data":{{json}}}""",
        (symbol, time) => $$"""{"channel":"trades","data":[{"coin":"{{symbol}}","side":"B","px":"97432.5","sz":"0.1","hash":"0x0","time":{{Ms(time)}},"tid":1}]}""",
        null);

    public static readonly VenueDialect Dydx = new(
        "dydx",
        """{"type":"connected","connection_id":"004a1efa","message_id":0}""",
        _ => false,
        (_, _) => "",
        json => Is(json, "type", "subscribe") && Is(json, "channel", "v4_trades") ? [json.GetProperty("id").GetString()!] : null,
        json => $$$"""{"type":"subscribed","connection_id":"004a1efa","message_id":1,"channel":"v4_trades","id":{{{json.GetProperty("id").GetRawText()}}},"contents":{"trades":[]}}""",
        (symbol, time) => $$$"""{"type":"channel_data","connection_id":"004a1efa","message_id":2,"id":"{{{symbol}}}","channel":"v4_trades","version":"2.1.0","contents":{"trades":[{"id":"0","size":"0.1","price":"1","side":"BUY","createdAt":"{{{Iso(time)}}}"}]}}""",
        time => $$"""{"iso":"{{Iso(time)}}","epoch":{{Ms(time) / 1000.0}}}""");

    public static readonly VenueDialect Kraken = new(
        "kraken",
        """{"channel":"status","type":"update","data":[{"system":"online"}]}""",
        message => message.Contains("\"ping\"", StringComparison.Ordinal),
        (ping, time) => $$"""{"method":"pong","req_id":{{Field(ping, "req_id")}},"time_in":"{{Iso(time)}}","time_out":"{{Iso(time)}}"}""",
        json => Is(json, "method", "subscribe") && Is(json.GetProperty("params"), "channel", "trade") ? Texts(json.GetProperty("params").GetProperty("symbol"), symbol => symbol) : null,
        _ => """{"method":"subscribe","result":{"channel":"trade"},"success":true}""",
        (symbol, time) => $$"""{"channel":"trade","type":"update","data":[{"symbol":"{{symbol}}","side":"sell","price":0.5,"qty":40.0,"ord_type":"market","trade_id":1,"timestamp":"{{Iso(time)}}"}]}""",
        null);

    public static readonly VenueDialect Coinbase = new(
        "coinbase",
        null,
        _ => false,
        (_, _) => "",
        json => Is(json, "type", "subscribe") && json.GetProperty("channels")[0].ValueEquals("matches") ? Texts(json.GetProperty("product_ids"), symbol => symbol) : null,
        json => $$"""{"type":"subscriptions","channels":[{"name":"matches","product_ids":{{json.GetProperty("product_ids")}}}]}""",
        (symbol, time) => $$"""{"type":"match","trade_id":10,"sequence":50,"time":"{{Iso(time)}}","product_id":"{{symbol}}","size":"5.23","price":"400.23","side":"sell"}""",
        time => $$"""{"iso":"{{Iso(time)}}","epoch":{{Ms(time) / 1000.0}}}""");

    public static readonly IReadOnlyList<VenueDialect> All = [Binance, Bybit, Okx, Hyperliquid, Dydx, Kraken, Coinbase];

    private static long Ms(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static bool Is(JsonElement json, string name, string value) => json.TryGetProperty(name, out JsonElement found) && found.ValueEquals(value);

    private static string Field(string message, string name)
    {
        using var json = JsonDocument.Parse(message);
        return json.RootElement.GetProperty(name).GetRawText();
    }

    /// <summary>The symbols of a list of topics; null when one of them is none.</summary>
    private static IReadOnlyList<string>? Texts(JsonElement list, Func<string, string?> symbol)
    {
        string?[] symbols = [.. list.EnumerateArray().Select(item => symbol(item.GetString()!))];
        return symbols.Contains(null) ? null : [.. symbols.OfType<string>()];
    }
}
