using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Demo.Strategies;

/// <summary><c>GET /strategies</c>: all strategies that do not push, by their ids.</summary>
internal static class StrategyEndpoints
{
    public static void MapStrategies(this IEndpointRouteBuilder routes, IReadOnlyList<Strategy> strategies) =>
        routes.MapGet("/strategies", () => strategies
            .Select(strategy => (strategy.Profile.Id, strategy.Report))
            .Where(strategy => strategy.Report is not null)
            .ToDictionary(strategy => strategy.Id, strategy => strategy.Report, StringComparer.Ordinal));
}
