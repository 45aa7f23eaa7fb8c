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

    public required PingOptions Ping { get; init; }

    /// <summary>The page that tells the venue's time; null where none is to be asked.</summary>
    public static ClockOptions? Clock(ExchangeOptions options) => options.AskClock ? options.Clock ?? Preset(options)?.Clock : null;

    /// <exception cref="KeyNotFoundException">There is no such preset; a checked configuration names none.</exception>
    public static VenueProtocol Of(ExchangeOptions options, string channel)
    {
        VenuePreset? preset = Preset(options);
        string name = Named(options.Aliases, channel) ?? Named(preset?.Aliases, channel) ?? channel;
        string? eventTime = Named(options.EventTime, channel) ?? Named(options.EventTime, name) ?? Named(preset?.EventTime, channel) ?? Named(preset?.EventTime, name);
        return new VenueProtocol(options.Url ?? preset!.Url!)
        {
            Subscriptions = [.. Messages(options, preset, name)],
            EventTime = eventTime is null ? null : new MessagePath(eventTime),
            TimeUnit = options.TimeUnit ?? preset?.TimeUnit ?? Exchange.TimeUnit.Ms,
            Refusals = [.. (options.Refusals ?? preset?.Refusals ?? []).Select(rule => new MessageRule(rule))],
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

    private static string? Named(IReadOnlyDictionary<string, string>? names, string name) => names?.GetValueOrDefault(name);

    private static IEnumerable<string> Messages(ExchangeOptions options, VenuePreset? preset, string channel)
    {
        bool isLower = options.LowerCaseSymbols ?? preset?.LowerCaseSymbols ?? false;
        string[] symbols = [.. options.Symbols.Select(symbol => Inside(isLower ? symbol.ToLowerInvariant() : symbol))];
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
