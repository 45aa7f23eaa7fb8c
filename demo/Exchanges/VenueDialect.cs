using System.Text.Json;

namespace Demo.Exchanges;

/// <summary>How a venue speaks: what it answers a client's message with, and how it tells a trade.</summary>
/// <param name="Name">The name of the collector's preset that it follows.</param>
/// <param name="Greeting">What it says first; null for nothing.</param>
/// <param name="IsPing">Whether a message is a ping.</param>
/// <param name="Pong">The reply to a ping, with the venue's time.</param>
/// <param name="Topics">The symbols that a message subscribes to; null when it is no subscription.</param>
/// <param name="Acknowledge">The reply to a subscription.</param>
/// <param name="Trade">A trade in a symbol, at a time.</param>
/// <param name="Time">The page that tells the venue's time; null where it has none.</param>
internal sealed record VenueDialect(
    string Name,
    string? Greeting,
    Func<string, bool> IsPing,
    Func<string, DateTimeOffset, string> Pong,
    Func<JsonElement, IReadOnlyList<string>?> Topics,
    Func<JsonElement, string> Acknowledge,
    Func<string, DateTimeOffset, string> Trade,
    Func<DateTimeOffset, string>? Time)
{
    /// <summary>The symbols that a client's message subscribes to; null when it is no subscription.</summary>
    public IReadOnlyList<string>? Subscribed(string message, out string acknowledgement)
    {
        acknowledgement = "";
        try
        {
            using var json = JsonDocument.Parse(message);
            if (Topics(json.RootElement) is not { } symbols)
            {
                return null;
            }

            acknowledgement = Acknowledge(json.RootElement);
            return symbols;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
