using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Collector.IntegrationTests.Stack;

/// <summary>
/// Answers as Telegram and Discord do, and keeps what they would show.
/// <code>
/// POST /bot{token}/sendMessage {"chat_id":"-1","text":"..."}                       https://core.telegram.org/bots/api#sendmessage
/// POST /api/webhooks/{id}/{token} {"embeds":[{"title":"...","description":"..."}]} https://discord.com/developers/docs/resources/webhook
/// </code>
/// </summary>
internal sealed class ChatServer : IAsyncDisposable
{
    public const string BotToken = "123:abc$def";
    public const string Chat = "-1001234567890";

    private readonly WebApplication _app;

    private ChatServer(WebApplication app)
    {
        _app = app;
        app.MapPost("/bot{token}/sendMessage", TakeTelegram);
        app.MapPost("/api/webhooks/1/secret", (Delegate)TakeDiscord);
    }

    public Inbox Telegram { get; } = new("Telegram");

    public Inbox Discord { get; } = new("Discord");

    public string Url => _app.Urls.Single();

    public string Webhook => $"{Url}/api/webhooks/1/secret";

    public static async Task<ChatServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var server = new ChatServer(builder.Build());
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> TakeTelegram(string token, HttpContext context)
    {
        JsonElement message = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
        if (token != BotToken)
        {
            return Results.Text("""{"ok":false,"error_code":401,"description":"Unauthorized"}""", "application/json", statusCode: 401);
        }

        if (message.GetProperty("chat_id").GetString() != Chat)
        {
            return Results.Text("""{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}""", "application/json", statusCode: 400);
        }

        Telegram.Add(message.GetProperty("text").GetString()!);
        return Results.Text($$"""{"ok":true,"result":{"message_id":1,"date":1,"chat":{"type":"supergroup","id":{{Chat}} } } }""", "application/json");
    }

    private async Task<IResult> TakeDiscord(HttpContext context)
    {
        JsonElement message = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
        JsonElement embed = message.GetProperty("embeds")[0];
        Discord.Add($"{embed.GetProperty("title").GetString()}\n{embed.GetProperty("description").GetString()}");
        return Results.NoContent();
    }
}
