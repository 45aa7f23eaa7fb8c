using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Demo;

/// <summary>The daemon's HTTP face.</summary>
internal static class DaemonEndpoints
{
    public static void MapDaemon(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/status", (DaemonStatus status) => status.Report());
}
