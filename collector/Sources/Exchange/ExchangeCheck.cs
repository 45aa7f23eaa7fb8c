using Collector.Settings;
using Collector.Sources.Http;

namespace Collector.Sources.Exchange;

/// <summary>What is wrong with an exchange's options, all at once: the rules across keys, and texts that have a form.</summary>
internal static class ExchangeCheck
{
    public static IEnumerable<(string Key, string Problem)> Problems(ExchangeOptions options)
    {
        if (options.Preset is { } preset && !VenuePresets.All.ContainsKey(preset))
        {
            string help = NearestName.Of(preset, VenuePresets.All.Keys) is { } meant ? $"did you mean '{meant}'?" : $"known here: {string.Join(", ", VenuePresets.All.Keys)}";
            return [("preset", $"there is no preset '{preset}'; {help} A venue without one is described by url, subscribe and ping")];
        }

        return [.. OfVenue(options), .. OfSession(options), .. OfForms(options)];
    }

    private static IEnumerable<(string Key, string Problem)> OfVenue(ExchangeOptions options)
    {
        if (options is { Preset: null, Url: null })
        {
            yield return ("url", $"is missing; name a preset ({string.Join(", ", VenuePresets.All.Keys)}), or the venue's address");
        }

        if (options.Symbols.Count == 0 && VenueProtocol.NeedsSymbols(options))
        {
            yield return ("symbols", "is missing; the subscription names symbols, as in symbols: [BTCUSDT]");
        }

        if (options.Channels.Distinct(StringComparer.Ordinal).Count() < options.Channels.Count)
        {
            yield return ("channels", "names a channel twice");
        }

        if (options.ReconnectMaxDelay < options.ReconnectDelay)
        {
            yield return ("reconnect_max_delay", "is shorter than reconnect_delay");
        }

        if (options.Ping is { Message: not null, Pong: null })
        {
            yield return ("ping.pong", "is missing; say what the reply to ping.message is known by, such as /op=pong");
        }
    }

    private static IEnumerable<(string Key, string Problem)> OfSession(ExchangeOptions options)
    {
        foreach (string problem in options.Sessions.Select(TradingSessions.Problem).OfType<string>())
        {
            yield return ("sessions", problem);
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _))
        {
            yield return ("time_zone", $"\"{options.TimeZone}\" is no time zone that this machine knows; write one such as America/New_York, or install tzdata");
        }
    }

    private static IEnumerable<(string Key, string Problem)> OfForms(ExchangeOptions options)
    {
        IEnumerable<(string Key, string? Pointer)> pointers =
        [
            .. (options.EventTime ?? new Dictionary<string, string>(StringComparer.Ordinal)).Select(pair => ($"event_time.{pair.Key}", (string?)pair.Value)),
            .. (options.Refusals ?? []).Select(rule => ("refusals", (string?)rule)),
            .. (options.Notices ?? []).Select(rule => ("notices", (string?)rule)),
            ("ping.sent_time", options.Ping?.SentTime),
            ("ping.received_time", options.Ping?.ReceivedTime),
            ("clock.time", options.Clock?.Time),
        ];
        return pointers.Where(each => each.Pointer is not null).Select(each => (each.Key, JsonPointer.Problem(each.Pointer!))).Where(each => each.Item2 is not null)!;
    }
}
