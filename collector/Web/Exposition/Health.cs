using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Collector.Web.Exposition;

/// <summary>
/// Health, for machines and for people.
/// <code>
/// GET /health/live    200 live                    as long as the process answers
/// GET /health/ready   200, or 503 when a part is not ready
///                     spool: ready
///                     delivery: QuestDB at http://127.0.0.1:9000 does not answer
/// GET /health         the same status, as JSON
///                     {"ready":false,"parts":[{"name":"spool","ready":true},{"name":"delivery","ready":false,"because":"..."}]}
/// </code>
/// Reasons hold addresses and texts of errors: who may not know them sees only which parts are not ready.
/// </summary>
public sealed class Health(IEnumerable<IReadiness> parts)
{
    private readonly IReadiness[] _parts = [.. parts];

    /// <summary>All parts as they are now. The collector is ready when every one is.</summary>
    public IReadOnlyList<PartState> Look() => [.. _parts.Select(PartState.Of)];

    /// <param name="mayKnow">Whether who asks is told the reasons; null: everybody is.</param>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, Func<HttpContext, bool>? mayKnow = null)
    {
        RouteGroupBuilder group = endpoints.MapGroup("/health");
        group.MapMethods("/live", Answer.Methods, context => Answer.WriteFreshAsync(context, "live\n"u8.ToArray(), Answer.PlainText));
        group.MapMethods("/ready", Answer.Methods, context => AnswerAsync(context, Answer.PlainText, mayKnow, Text));
        group.MapMethods("", Answer.Methods, context => AnswerAsync(context, Answer.Json, mayKnow, Json));
        return group;
    }

    private Task AnswerAsync(HttpContext context, string contentType, Func<HttpContext, bool>? mayKnow, Func<IReadOnlyList<PartState>, bool, byte[]> body)
    {
        IReadOnlyList<PartState> states = Look();
        bool ready = states.All(state => state.Because is null);
        return Answer.WriteFreshAsync(
            context, body(states, mayKnow?.Invoke(context) ?? true), contentType, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static byte[] Text(IReadOnlyList<PartState> states, bool withReasons)
    {
        var text = new StringBuilder();
        foreach (PartState state in states)
        {
            text.Append(state.Name).Append(": ").Append(state.Because is null ? "ready" : withReasons ? state.Because : "not ready").Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.Length > 0 ? text.ToString() : "ready\n");
    }

    private static byte[] Json(IReadOnlyList<PartState> states, bool withReasons)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("ready", states.All(state => state.Because is null));
            json.WriteStartArray("parts");
            foreach (PartState state in states)
            {
                json.WriteStartObject();
                json.WriteString("name", state.Name);
                json.WriteBoolean("ready", state.Because is null);
                if (state.Because is not null && withReasons)
                {
                    json.WriteString("because", state.Because);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
