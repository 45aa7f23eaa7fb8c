using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Collector.Capabilities.Gateway.Influx;
using Collector.Lines;
using Collector.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Collector.Capabilities.Gateway;

/// <summary>
/// The answers, in QuestDB's form: nothing where all went well, else JSON with <c>code</c>, <c>message</c>, and for a bad line
/// <c>line</c> and <c>errorId</c>. InfluxDB 2 has the same <c>code</c> and <c>message</c>; the clients of InfluxDB 1 print
/// <c>error</c>, which stands beside them in answers to its requests.
/// </summary>
internal static partial class Reply
{
    /// <summary>The fault of the line in the words that clients know: QuestDB's, or InfluxDB's, at which Telegraf drops a batch instead of sending it for ever.</summary>
    public static Task InvalidAsync(HttpContext context, LineFault fault, string errorId)
    {
        string before = InfluxDialect.Speaks(context.Request) ? "unable to parse" : "failed to parse line protocol:errors encountered on line(s):\nerror in";
        return WriteAsync(context, StatusCodes.Status400BadRequest, new Error("invalid", $"{before} line {fault.Line}: {fault.Message}", fault.Line, errorId));
    }

    public static Task ErrorAsync(HttpContext context, int status, string code, string message) => WriteAsync(context, status, new Error(code, message, null, null));

    /// <summary>503: the clients of QuestDB and InfluxDB send the request again.</summary>
    public static Task UnavailableAsync(HttpContext context, string reason, int retryAfterSeconds)
    {
        context.Response.Headers[HeaderNames.RetryAfter] = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "unavailable", reason);
    }

    /// <summary>Answers with JSON as it stands.</summary>
    public static Task JsonAsync(HttpContext context, byte[] text, int status = StatusCodes.Status200OK) => Answer.WriteAsync(context, text, Answer.Json, status);

    private static Task WriteAsync(HttpContext context, int status, Error answer)
    {
        answer = InfluxDialect.Speaks(context.Request) ? answer with { ErrorText = answer.Message } : answer;
        return JsonAsync(context, JsonSerializer.SerializeToUtf8Bytes(answer, ReplyJson.Default.Error), status);
    }

    private sealed record Error(string Code, string Message, int? Line, string? ErrorId, [property: JsonPropertyName("error")] string? ErrorText = null);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Error))]
    private sealed partial class ReplyJson : JsonSerializerContext;
}
