using System.Diagnostics.Metrics;
using System.Text.Json;
using Collector.Settings.Logging;
using Collector.Sources.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Collector.Capabilities.Status;

/// <summary>
/// Where Grafana's and Alertmanager's alerts go while no other channel is configured: the collector's log, and a counter.
/// <code>
/// POST /alerts    the body of a webhook: {"alerts":[{"status":"firing","labels":{"alertname":...},"annotations":{"summary":...}}]}
///                 204; 400 for anything else; 413 beyond 1 MiB
/// </code>
/// </summary>
public sealed partial class AlertLog
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Alerts that are logged in 10 s; the others are counted.</summary>
    private const int MaxLogged = 50;

    private readonly ILogger<AlertLog> _logger;
    private readonly LogBudget _budget;
    private readonly Counter<long> _received;

    public AlertLog(Meter meter, TimeProvider clock, ILogger<AlertLog> logger)
    {
        _logger = logger;
        _budget = new LogBudget(clock, MaxLogged);
        _received = meter.CreateCounter<long>("collector_alerts_received_total", null, "Alerts that Grafana or Alertmanager sent to /alerts, by status.");
        Count("firing", 0);
        Count("resolved", 0);
    }

    public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/alerts", (RequestDelegate)HandleAsync);

    private async Task HandleAsync(HttpContext context)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = MaxBytes;
        try
        {
            using JsonDocument body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            context.Response.StatusCode = Take(body.RootElement) ? StatusCodes.Status204NoContent : StatusCodes.Status400BadRequest;
        }
        catch (JsonException)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        catch (BadHttpRequestException exception)
        {
            context.Response.StatusCode = exception.StatusCode;
        }
        catch (IOException) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest; // a malformed chunked body
        }
    }

    private bool Take(JsonElement body)
    {
        if (JsonValue.Member(body, "alerts") is not { ValueKind: JsonValueKind.Array } alerts)
        {
            return false;
        }

        foreach (JsonElement alert in alerts.EnumerateArray())
        {
            bool isResolved = Text(alert, "status") == "resolved";
            Count(isResolved ? "resolved" : "firing", 1);
            bool isLogged = _budget.TryTake(out int leftOut);
            if (leftOut > 0)
            {
                LogLeftOut(leftOut);
            }

            if (isLogged)
            {
                Log(alert, isResolved);
            }
        }

        return true;
    }

    private void Log(JsonElement alert, bool isResolved)
    {
        string name = Text(alert, "labels", "alertname") ?? "unnamed";
        string severity = Text(alert, "labels", "severity") ?? "no severity";
        string summary = Text(alert, "annotations", "summary") ?? "";
        if (isResolved)
        {
            LogResolved(name, severity, summary);
        }
        else
        {
            LogFiring(name, severity, summary);
        }
    }

    private void Count(string status, int alerts) => _received.Add(alerts, new KeyValuePair<string, object?>("status", status));

    /// <summary>A text within, on one line; null where there is none.</summary>
    private static string? Text(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (string key in path)
        {
            if (JsonValue.Member(element, key) is not { } member)
            {
                return null;
            }

            element = member;
        }

        // What is no text, half of a surrogate pair, is shown as it was sent: the alert is there all the same.
        return element.ValueKind == JsonValueKind.String
            ? VisibleText.Of((JsonValue.Text(element) ?? JsonValue.Shown(element, VisibleText.MaxBytes)).ReplaceLineEndings(" "))
            : null;
    }

    [LoggerMessage(7505, LogLevel.Warning, "{Count} more alerts arrived within 10 s and were not logged; collector_alerts_received_total counts them")]
    private partial void LogLeftOut(int count);

    [LoggerMessage(7502, LogLevel.Warning, "Alert {Name} ({Severity}): {Summary}")]
    private partial void LogFiring(string name, string severity, string summary);

    [LoggerMessage(7503, LogLevel.Information, "Alert {Name} ({Severity}) is over: {Summary}")]
    private partial void LogResolved(string name, string severity, string summary);
}
