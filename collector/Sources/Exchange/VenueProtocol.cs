using System.Text;
using System.Text.Json;

namespace Collector.Sources.Exchange;

/// <summary>How to speak with a venue about one channel: the preset, and over it what the configuration says otherwise.</summary>
internal sealed class VenueProtocol
{
    private VenueProtocol(Uri url) => Url = url;

    public Uri Url { get; }

    /// <summary>What is sent once the connection stands.</summary>
    public required IReadOnlyList<string> Subscriptions { get; init; }

    /// <summary>Where a message holds its event time; null where that is not known.</summary>
    public required MessagePath? EventTime { get; init; }

    public required TimeUnit TimeUnit { get; init; }

    public required IReadOnlyList<MessageRule> Refusals { get; init; }

    /// <summary>Messages that are no data, whatever else they hold.</summary>
    public required IReadOnlyList<MessageRule> Notices { get; init; }

    /// <summary>The symbols subscribed to, as they stand in a message.</summary>
    public required IReadOnlyList<byte[]> Symbols { get; init; }

    /// <summary>Silence after which the channel is mute; null where silence is no fault of it.</summary>
    public required TimeSpan? StaleAfter { get; init; }

    public required PingOptions Ping { get; init; }

    /// <summary>The page that tells the venue's time; null where none is to be asked.</summary>
    public static ClockOptions? Clock(ExchangeOptions options) => options.AskClock ? options.Clock ?? Preset(options)?.Clock : null;

    /// <exception cref="KeyNotFoundException">There is no such preset; a checked configuration names none.</exception>
    public static VenueProtocol Of(ExchangeOptions options, string channel)
    {
        VenuePreset? preset = Preset(options);
        string name = Named(options.Aliases, channel) ?? Named(preset?.Aliases, channel) ?? channel;
        Uri url = options.Url ?? preset!.Url!;
        string wrapper = Wrapper(options, url);
        string? eventTime = Named(options.EventTime, channel) ?? Named(options.EventTime, name)
            ?? ((Named(preset?.EventTime, channel) ?? Named(preset?.EventTime, name)) is { } inside ? wrapper + inside : null);
        return new VenueProtocol(url)
        {
            Subscriptions = [.. Messages(options, preset, name)],
            EventTime = eventTime is null ? null : new MessagePath(eventTime),
            TimeUnit = options.TimeUnit ?? preset?.TimeUnit ?? Collector.Sources.Exchange.TimeUnit.Ms,
            Refusals = [.. (options.Refusals ?? preset?.Refusals ?? []).Select(rule => new MessageRule(rule))],
            Notices = [.. (options.Notices ?? [.. preset?.Notices ?? [], .. wrapper.Length > 0 ? (preset?.Notices ?? []).Select(rule => wrapper + rule) : []]).Select(rule => new MessageRule(rule))],
            Symbols = [.. SymbolsAsSent(options, preset).Select(Encoding.UTF8.GetBytes)],
            StaleAfter = Silence(options, preset, channel, name) is { Ticks: > 0 } silence ? silence : null,
            Ping = options.Ping ?? preset?.Ping ?? new PingOptions(),
        };
    }

    /// <summary>Whether what is sent names symbols, so that there have to be some.</summary>
    public static bool NeedsSymbols(ExchangeOptions options)
    {
        VenuePreset? preset = Preset(options);
        IReadOnlyList<string> messages = options.Subscribe ?? preset?.Subscribe ?? [];
        return messages.Any(message => message.Contains("{symbol}", StringComparison.Ordinal))
            || (messages.Any(message => message.Contains("{topics}", StringComparison.Ordinal)) && Topic(options, preset).Contains("{symbol}", StringComparison.Ordinal));
    }

    private static VenuePreset? Preset(ExchangeOptions options) => options.Preset is { } name ? VenuePresets.All[name] : null;

    private static string Topic(ExchangeOptions options, VenuePreset? preset) => options.Topic ?? preset?.Topic ?? "\"{symbol}\"";

    /// <summary>
    /// Binance's combined streams stand at /stream instead of /ws, and wrap each message: <c>{"stream":"btcusdt@trade","data":{…}}</c>.
    /// </summary>
    private static string Wrapper(ExchangeOptions options, Uri url) =>
        options.Preset == "binance" && url.AbsolutePath.TrimEnd('/').EndsWith("/stream", StringComparison.Ordinal) ? "/data" : "";

    private static TimeSpan Silence(ExchangeOptions options, VenuePreset? preset, string channel, string name) =>
        options.StaleAfter
        ?? Of(options.Silence, channel) ?? Of(options.Silence, name) ?? Of(preset?.Silence, channel) ?? Of(preset?.Silence, name)
        ?? Of(VenueFields.UsualSilence, channel) ?? ExchangeOptions.UsualStaleAfter;

    private static TimeSpan? Of(IReadOnlyDictionary<string, TimeSpan>? silences, string channel) => silences?.TryGetValue(channel, out TimeSpan silence) == true ? silence : null;

    private static IEnumerable<string> SymbolsAsSent(ExchangeOptions options, VenuePreset? preset)
    {
        bool isLower = options.LowerCaseSymbols ?? preset?.LowerCaseSymbols ?? false;
        return options.Symbols.Select(symbol => Inside(isLower ? symbol.ToLowerInvariant() : symbol));
    }

    private static string? Named(IReadOnlyDictionary<string, string>? names, string name) => names?.GetValueOrDefault(name);

    private static IEnumerable<string> Messages(ExchangeOptions options, VenuePreset? preset, string channel)
    {
        string[] symbols = [.. SymbolsAsSent(options, preset)];
        string topic = Topic(options, preset).Replace("{channel}", Inside(channel), StringComparison.Ordinal);
        string[] topics = symbols.Length == 0 ? [topic] : [.. symbols.Select(symbol => topic.Replace("{symbol}", symbol, StringComparison.Ordinal))];
        foreach (string written in options.Subscribe ?? preset?.Subscribe ?? [])
        {
            string message = written.Replace("{channel}", Inside(channel), StringComparison.Ordinal);
            IEnumerable<string> filled = message switch
            {
                _ when message.Contains("{topics}", StringComparison.Ordinal) => topics.Chunk(options.TopicsPerMessage ?? preset?.TopicsPerMessage ?? 100)
                    .Select(some => message.Replace("{topics}", string.Join(',', some), StringComparison.Ordinal)),
                _ when message.Contains("{symbol}", StringComparison.Ordinal) => symbols.Select(symbol => message.Replace("{symbol}", symbol, StringComparison.Ordinal)),
                _ => [message],
            };
            foreach (string one in filled)
            {
                yield return one;
            }
        }
    }

    /// <summary>A name as the inside of a JSON string.</summary>
    private static string Inside(string name) => Encoding.UTF8.GetString(JsonEncodedText.Encode(name, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
}
