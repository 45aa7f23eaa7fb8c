using Collector.Capabilities.Gateway.Influx;
using Collector.Settings.Logging;
using Collector.Web.Listeners;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Collector.Capabilities.Gateway;

/// <summary>
/// What the gateway answers to: <c>POST /write</c>, <c>POST /api/v2/write</c>, <c>/query</c>, <c>GET</c> or <c>HEAD</c> of
/// <c>/ping</c>, <c>/health</c> and <c>/settings</c>. These three need no token: the clients ask for them without it.
/// </summary>
public sealed partial class GatewayEndpoint(WriteEndpoint write, Logins logins, GatewayMetrics metrics, TimeProvider clock, ILogger<GatewayEndpoint> logger)
{
    private const int StatusClientLeft = 499;
    private const int RetryStartSeconds = 1;
    private const string Usage = "POST /write or /api/v2/write takes line protocol; GET /ping, /health and /settings answer";

    /// <summary>What QuestDB's clients ask before they write: the versions of the protocol and the longest name.</summary>
    private static readonly byte[] Settings =
        """{"config":{"release.type":"OSS","line.proto.support.versions":[1,2],"ilp.proto.transports":["http"],"cairo.max.file.name.length":127},"preferences.version":0,"preferences":{}}"""u8.ToArray();

    private readonly RepeatedLog _fault = new(clock);
    private volatile bool _isOpen;

    /// <summary>Takes lines from now on. Until then a write is answered by 503: what waits on disk comes first.</summary>
    public void Open() => _isOpen = true;

    /// <summary>Takes no lines any more.</summary>
    public void Close() => _isOpen = false;

    public async Task HandleAsync(HttpContext context)
    {
        long began = clock.GetTimestamp();
        bool isWrite = IsWrite(context.Request.Path.Value);
        ConnectionSlot? slot = context.Features.Get<ConnectionSlot>();
        slot?.Begin();
        metrics.Begin();
        int? code = null;
        try
        {
            await AnswerAsync(context, isWrite);
        }
        catch (BadHttpRequestException exception)
        {
            code = await TellAsync(context, Status(context, exception), exception.Message);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            code = StatusClientLeft;
        }
#pragma warning disable CA1031 // A fault of one request must not end in a dropped connection without a word.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (_fault.IsDue())
            {
                LogFault(context.Request.Path.Value ?? "", exception);
            }

            code = await TellAsync(context, StatusCodes.Status500InternalServerError, "the collector failed at this request; its log says how");
        }

        slot?.End();
        metrics.End(code ?? context.Response.StatusCode, isWrite, clock.GetElapsedTime(began));
    }

    private Task AnswerAsync(HttpContext context, bool isWrite)
    {
        string path = context.Request.Path.Value ?? "";
        if (logins.RefuseForeign(context) is { } foreign)
        {
            return Reply.ErrorAsync(context, StatusCodes.Status403Forbidden, "forbidden", foreign);
        }

        if (path is "/ping" or "/settings" or "/health")
        {
            logins.PassFree(context);
            return !IsRead(context) ? NotAllowedAsync(context, "GET, HEAD")
                : path == "/ping" ? Ping(context)
                : path == "/settings" ? Reply.JsonAsync(context, Settings)
                : InfluxDialect.HealthAsync(context, _isOpen);
        }

        if (InfluxDialect.Speaks(context.Request))
        {
            InfluxDialect.Sign(context.Response);
        }

        if (!logins.Admits(context, token => InfluxDialect.Admits(token, context.Request)))
        {
            logins.Refuse(context, InfluxDialect.BringsToken(context.Request));
            context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer, Basic realm=\"collector\"";
            return Reply.ErrorAsync(context, StatusCodes.Status401Unauthorized, "unauthorized", "the token of gateway.token is wanted, as Authorization: Bearer, Token, or the password of Basic");
        }

        if (path.Equals(InfluxDialect.Query, StringComparison.Ordinal))
        {
            return IsRead(context) || HttpMethods.IsPost(context.Request.Method) ? InfluxQuery.HandleAsync(context) : NotAllowedAsync(context, "GET, POST");
        }

        if (!isWrite)
        {
            return Reply.ErrorAsync(context, StatusCodes.Status404NotFound, "not found", $"there is nothing here; {Usage}");
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            return NotAllowedAsync(context, "POST");
        }

        return _isOpen ? write.HandleAsync(context) : Reply.UnavailableAsync(context, "the collector starts or stops", RetryStartSeconds);
    }

    private static Task Ping(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        InfluxDialect.Sign(context.Response);
        return Task.CompletedTask;
    }

    private static Task NotAllowedAsync(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return Reply.ErrorAsync(context, StatusCodes.Status405MethodNotAllowed, "method not allowed", $"{allowed} is what this path takes; {Usage}");
    }

    private static async Task<int> TellAsync(HttpContext context, int status, string message)
    {
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
            return StatusClientLeft;
        }

        context.Response.Headers.Connection = "close";
        await Reply.ErrorAsync(context, status, "invalid", message);
        return status;
    }

    /// <summary>Telegraf throws away what is answered by 408, as by any 4xx, and sends again what is answered by 503.</summary>
    private static int Status(HttpContext context, BadHttpRequestException exception)
    {
        if (exception.StatusCode != StatusCodes.Status408RequestTimeout || !InfluxDialect.Speaks(context.Request))
        {
            return exception.StatusCode;
        }

        context.Response.Headers[HeaderNames.RetryAfter] = "1";
        return StatusCodes.Status503ServiceUnavailable;
    }

    private static bool IsWrite(string? path) => path is "/write" or "/api/v2/write";

    private static bool IsRead(HttpContext context) => HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);

    [LoggerMessage(7005, LogLevel.Error, "The gateway failed at a request of {Path}; please report it")]
    private partial void LogFault(string path, Exception exception);
}
