using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Collector.Exposition;

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
/// </summary>
internal sealed class Health(IEnumerable<IReadiness> parts)
{
    private readonly IReadiness[] _parts = [.. parts];

    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints)
    {
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        RouteGroupBuilder group = endpoints.MapGroup("/health");
        group.MapMethods("/live", methods, context => Answer(context, StatusCodes.Status200OK, "text/plain; charset=utf-8", "live\n"u8.ToArray()));
        group.MapMethods("/ready", methods, context => Answer(context, "text/plain; charset=utf-8", Text));
        group.MapMethods("", methods, context => Answer(context, "application/json; charset=utf-8", Json));
        return group;
    }

    private Task Answer(HttpContext context, string contentType, Func<State[], byte[]> body)
    {
        State[] states = [.. _parts.Select(State.Of)];
        bool ready = Array.TrueForAll(states, state => state.Because is null);
        return Answer(context, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, contentType, body(states));
    }

    private static async Task Answer(HttpContext context, int status, string contentType, byte[] body)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private static byte[] Text(State[] states)
    {
        var text = new StringBuilder();
        foreach (State state in states)
        {
            text.Append(state.Name).Append(": ").Append(state.Because ?? "ready").Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.Length > 0 ? text.ToString() : "ready\n");
    }

    private static byte[] Json(State[] states)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteBoolean("ready", Array.TrueForAll(states, state => state.Because is null));
            json.WriteStartArray("parts");
            foreach (State state in states)
            {
                json.WriteStartObject();
                json.WriteString("name", state.Name);
                json.WriteBoolean("ready", state.Because is null);
                if (state.Because is not null)
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

    /// <param name="Because">On one line; null when ready.</param>
    private readonly record struct State(string Name, string? Because)
    {
        public static State Of(IReadiness part)
        {
            try
            {
                return new State(part.Name, part.NotReadyBecause?.ReplaceLineEndings(" "));
            }
            catch (Exception exception)
            {
                // A part that cannot tell is not ready, and takes no other part's line with it.
                return new State(part.Name, $"it cannot tell its state: {exception.Message.ReplaceLineEndings(" ")}");
            }
        }
    }
}
