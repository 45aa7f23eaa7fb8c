using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Collector.Lines;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Collector.Gateway;

/// <summary>The answers, in QuestDB's form: nothing where all went well, else JSON with <c>code</c>, <c>message</c>, and for a bad line <c>line</c> and <c>errorId</c>.</summary>
internal static partial class Reply
{
    /// <summary>QuestDB's own words, which its clients know, around the fault of the line.</summary>
    public static Task InvalidAsync(HttpContext context, LineFault fault, string errorId) => WriteAsync(
        context,
        StatusCodes.Status400BadRequest,
        new Error("invalid", $"failed to parse line protocol:errors encountered on line(s):\nerror in line {fault.Line}: {fault.Message}", fault.Line, errorId));

    public static Task ErrorAsync(HttpContext context, int status, string code, string message) => WriteAsync(context, status, new Error(code, message, null, null));

    /// <summary>503: the clients of QuestDB and InfluxDB send the request again.</summary>
    public static Task UnavailableAsync(HttpContext context, string reason, int retryAfterSeconds)
    {
        context.Response.Headers[HeaderNames.RetryAfter] = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "unavailable", reason);
    }

    private static Task WriteAsync(HttpContext context, int status, Error error)
    {
        context.Response.StatusCode = status;
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(error, ReplyJson.Default.Error);
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = text.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(text, context.RequestAborted).AsTask();
    }

    private sealed record Error(string Code, string Message, int? Line, string? ErrorId);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Error))]
    private sealed partial class ReplyJson : JsonSerializerContext;
}
