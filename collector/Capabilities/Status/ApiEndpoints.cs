using System.Text.Json;
using Collector.Capabilities.Status.Live;
using Collector.Capabilities.Status.Page;
using Collector.Capabilities.Status.Recent;
using Collector.Lines.Tables;
using Collector.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Collector.Capabilities.Status;

/// <summary>
/// What a browser or a script may read (docs/api.md).
/// <code>
/// GET /                            the page, with its files below /page/
/// GET /api/status                  everything at one moment
/// GET /api/sources                 the sources of it
/// GET /api/tables                  the names of all tables
/// GET /api/tables/{name}/latest    the latest row of each series
/// GET /api/events                  all of it as it changes, as server-sent events
/// </code>
/// </summary>
public sealed class ApiEndpoints(StatusReader status, RecentRows rows, LiveFeed feed, TableCatalog tables)
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        PageFiles.Map(Map);
        Map("/api/status", context => AnswerAsync(context, JsonSerializer.SerializeToUtf8Bytes(status.Read(), StatusJson.Default.CollectorState)));
        Map("/api/sources", context => AnswerAsync(context, JsonSerializer.SerializeToUtf8Bytes(status.Sources(), StatusJson.Default.IReadOnlyListSourceState)));
        Map("/api/tables", context => AnswerAsync(context, JsonText.Of(WriteTables)));
        Map("/api/tables/{name}/latest", LatestAsync);
        Map("/api/events", EventsAsync);

        void Map(string path, RequestDelegate answer) => endpoints.MapMethods(path, Answer.Methods, context =>
        {
            PageHeaders.Set(context.Response.Headers);
            return answer(context);
        });
    }

    private static Task AnswerAsync(HttpContext context, byte[] json, int status = StatusCodes.Status200OK) => Answer.WriteFreshAsync(context, json, Answer.Json, status);

    private void WriteTables(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (Table table in tables)
        {
            json.WriteStringValue(table.Name);
        }

        json.WriteEndArray();
    }

    private Task LatestAsync(HttpContext context)
    {
        string name = context.Request.RouteValues["name"] as string ?? "";
        if (!tables.TryGet(name, out Table? table))
        {
            return AnswerAsync(context, JsonText.Of(json =>
            {
                json.WriteStartObject();
                json.WriteString("error", $"there is no table {name}; /api/tables names them");
                json.WriteEndObject();
            }), StatusCodes.Status404NotFound);
        }

        return AnswerAsync(context, JsonText.Of(json => (rows.TryGet(name, out RecentTable? recent) ? recent : rows.Empty(table)).Write(json)));
    }

    private async Task EventsAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        if (HttpMethods.IsHead(context.Request.Method))
        {
            response.ContentType = "text/event-stream; charset=utf-8";
            return;
        }

        if (feed.TryJoin() is not { } client)
        {
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            response.Headers[HeaderNames.RetryAfter] = "10";
            await response.WriteAsync("As many pages are open as page.clients allows, or the collector stops.\n", context.RequestAborted);
            return;
        }

        try
        {
            response.ContentType = "text/event-stream; charset=utf-8";
            response.Headers[HeaderNames.CacheControl] = "no-store";
            response.Headers["X-Accel-Buffering"] = "no"; // nginx passes each event on at once
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, client.Dropped);
            await foreach (byte[] text in client.ReadAllAsync(ends.Token))
            {
                await response.Body.WriteAsync(text, ends.Token);
                await response.Body.FlushAsync(ends.Token);
            }
        }
        catch (OperationCanceledException) when (client.Dropped.IsCancellationRequested)
        {
            context.Abort(); // what is left in its buffers would keep the connection
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // The page is gone.
        }
        finally
        {
            feed.Leave(client);
        }
    }
}
