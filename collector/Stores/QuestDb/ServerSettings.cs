using System.Globalization;
using System.Text.Json;
using Collector.Pipe.Delivery;

namespace Collector.Stores.QuestDb;

/// <summary>
/// Whether the server can take what the collector sends, by its <c>GET /settings</c>, which needs no authentication:
/// <code>{"config":{"release.version":"9.3.4","line.proto.support.versions":[1,2,3], …}, …}</code>
/// </summary>
internal static class ServerSettings
{
    public const int OldestMajor = 9;

    private const string VersionName = "release.version";
    private const int LineProtocol = 2;
    private const int AnswerBytes = 1024 * 1024;

    /// <returns>Null when it can, else why it cannot, or cannot be asked.</returns>
    public static async Task<Outcome?> CheckAsync(QuestDbClient client, CancellationToken cancellationToken)
    {
        Exchange exchange = await client.GetAsync("settings", AnswerBytes, cancellationToken);
        return exchange.Reply is { } reply ? Check(reply, client.Place) : exchange.Failure;
    }

    /// <summary>The settings as the server tells them; null where it does not.</summary>
    public static async Task<string?> ReadAsync(QuestDbClient client, CancellationToken cancellationToken)
    {
        Exchange exchange = await client.GetAsync("settings", AnswerBytes, cancellationToken);
        return (int?)exchange.Reply?.Status == 200 ? exchange.Reply!.Body : null;
    }

    /// <summary>The server's version: <c>9.3.4</c>. Null where it does not say.</summary>
    public static string? Version(string body) => Read(body, config => config.TryGetProperty(VersionName, out JsonElement version) ? version.GetString() : null);

    /// <summary>Whether the server takes no rows over HTTP: <c>"accepting.writes":[]</c>. Null where it does not say.</summary>
    public static bool? IsReadOnly(string body) => Read<bool?>(body, config => config.TryGetProperty("accepting.writes", out JsonElement ways)
        ? !ways.EnumerateArray().Any(way => way.ValueKind == JsonValueKind.String && way.GetString() == "http")
        : null);

    public static Outcome? Check(Reply reply, string place) => (int)reply.Status switch
    {
        200 => Check(reply.Body, place),
        401 or 403 => new Outcome.Halted($"{place} refused authentication (HTTP {(int)reply.Status}): check user, password or token of store.questdb"),
        408 or 421 or 429 or >= 500 => new Outcome.Retry($"{place} is not ready (HTTP {(int)reply.Status})", reply.RetryAfter),
        _ => new Outcome.Halted($"{place} has no /settings (HTTP {(int)reply.Status}): check the address; QuestDB {OldestMajor}.0 or newer is needed"),
    };

    private static T? Read<T>(string body, Func<JsonElement, T?> read)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return read(Config(json.RootElement));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static JsonElement Config(JsonElement root) => root.TryGetProperty("config", out JsonElement inner) ? inner : root;

    private static Outcome.Halted? Check(string body, string place)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            JsonElement config = Config(json.RootElement);
            string? version = config.TryGetProperty(VersionName, out JsonElement release) ? release.GetString() : null;
            if (version?.Split('.')[0] is { } major && int.TryParse(major, NumberStyles.None, null, out int number) && number < OldestMajor)
            {
                return new Outcome.Halted($"{place} is version {version}; {OldestMajor}.0 or newer is needed: upgrade it");
            }

            return config.TryGetProperty("line.proto.support.versions", out JsonElement versions)
                && versions.EnumerateArray().Any(v => v.TryGetInt32(out int protocol) && protocol == LineProtocol)
                ? null
                : new Outcome.Halted($"{place} does not take line protocol version {LineProtocol}: QuestDB {OldestMajor}.0 or newer is needed");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new Outcome.Halted($"{place} does not answer /settings as QuestDB does: check the address");
        }
    }
}
