using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Demo.Daemons;

/// <summary>The daemons' HTTP face: <c>/daemons/NAME/status</c>, and the first one's at <c>/status</c> besides.</summary>
internal static class DaemonEndpoints
{
    public static void MapDaemons(this IEndpointRouteBuilder routes, IReadOnlyList<DaemonStatus> daemons)
    {
        routes.MapGet("/status", (HttpContext http) => Answer(http, daemons[0]));
        foreach (DaemonStatus daemon in daemons)
        {
            routes.MapGet($"/daemons/{daemon.Name}/status", (HttpContext http) => Answer(http, daemon));
        }
    }

    /// <summary>The report; from a process that is gone nothing, not even a refusal.</summary>
    private static IResult Answer(HttpContext http, DaemonStatus daemon)
    {
        if (daemon.Report() is { } report)
        {
            return Results.Json(report);
        }

        http.Abort();
        return Results.Empty;
    }
}
